//! Tables `letters`, `contacts` and `stop_links`: what an account is told, where its mail goes, and links that stop.

use super::{Connection, Store, StoreResult, consents, sealed::Sealing};

/// Something an account is told once.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct Letter {
    pub id: String,
    pub account_id: String,
    pub transfer_id: Option<String>,
    pub kind: String,
    pub about: String,
    pub sealed: Option<String>,
    pub written_at: i64,
    pub state: String,
    pub attempts: i64,
    pub next_at: i64,
}

/// Kinds of letters.
pub mod kind {
    /// Old home: somebody may copy the account.
    pub const EXPORT: &str = "export_authorised";
    /// An admin let it in.
    pub const LET_IN: &str = "let_in";
    /// An admin did not.
    pub const DECLINED: &str = "declined";
    /// Nobody answered in time.
    pub const TIMED_OUT: &str = "timed_out";
    /// An admin asks something.
    pub const ASKED: &str = "asked";
    /// The copy can be tried.
    pub const COPIED: &str = "copy_finished";
    /// The last word can be said.
    pub const DUE: &str = "announcement_due";
    /// Old home has announced.
    pub const SETTLED: &str = "settled";
    /// An admin has taken the copy out of sight.
    pub const HIDDEN: &str = "hidden";
    /// An admin has, and it goes for good in a while.
    pub const GOING: &str = "going";
    /// It is shown again.
    pub const SHOWN: &str = "shown_again";
    /// An admin has erased a single post.
    pub const ERASED: &str = "erased";
    /// Old home: the announcement rests, and can be called off.
    pub const RESTS: &str = "announcement_rests";
    /// Old home: nothing was announced, with the reason.
    pub const STOPPED: &str = "announcement_stopped";
    /// A trial ends soon.
    pub const TRIAL_ENDS: &str = "trial_ends";
    /// All of them.
    pub const ALL: [&str; 15] = [
        EXPORT, LET_IN, DECLINED, TIMED_OUT, ASKED, COPIED, DUE, SETTLED, HIDDEN, GOING, SHOWN, ERASED,
        RESTS, STOPPED, TRIAL_ENDS,
    ];
    /// Those that are told as often as they happen.
    pub(super) const REPEATED: [&str; 5] = [ASKED, HIDDEN, GOING, SHOWN, TRIAL_ENDS];
}

/// Writes a letter about a transfer in the transaction of what it tells. The same one twice is one.
///
/// # Errors
/// [`super::StoreError`].
pub(super) async fn about_transfer_in(
    c: &mut Connection,
    transfer: &str,
    kind: &'static str,
    about: &str,
    now: i64,
) -> StoreResult<()> {
    run!(
        c,
        "insert into letters (id, account_id, transfer_id, kind, about, written_at, state, attempts, next_at) \
         select cast($1 as text), t.account_id, t.id, cast($3 as text), \
         case when cast($4 as text) = '' then t.asked_for else cast($4 as text) end, cast($5 as bigint), \
         'waiting', 0, 0 from transfers t where t.id = $2 on conflict (id) do nothing",
        format!("{transfer} {kind} {}", if kind::REPEATED.contains(&kind) { now } else { 0 }),
        transfer,
        kind,
        about,
        now,
    )?;
    Ok(())
}

/// Writes a letter about one thing of an account. The same one twice is one.
///
/// # Errors
/// [`super::StoreError`].
pub async fn about_thing(
    store: &Store,
    account: &str,
    (thing, kind): (&str, &'static str),
    about: String,
    now: i64,
) -> StoreResult<()> {
    let (id, account) = (format!("{thing} {kind}"), account.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into letters (id, account_id, kind, about, written_at, state, attempts, next_at) \
                     values ($1, $2, $3, $4, $5, 'waiting', 0, 0) on conflict (id) do nothing",
                    id,
                    account,
                    kind,
                    about,
                    now,
                )?;
                Ok(())
            })
        })
        .await
}

/// The key of a letter about a departure: what is told at one moment is told once.
fn of_departure(departure: &str, kind: &str, now: i64) -> String {
    format!("{departure} {kind} {now}")
}

/// Writes a letter about a departure in the transaction of what it tells. The same one twice is one.
///
/// # Errors
/// [`super::StoreError`].
pub(super) async fn about_departure_in(
    c: &mut Connection,
    departure: &str,
    kind: &'static str,
    about: &str,
    now: i64,
) -> StoreResult<()> {
    run!(
        c,
        "insert into letters (id, account_id, kind, about, written_at, state, attempts, next_at) \
         select cast($1 as text), d.account_id, cast($3 as text), cast($4 as text), cast($5 as bigint), \
         'waiting', 0, 0 from departures d where d.id = $2 on conflict (id) do nothing",
        of_departure(departure, kind, now),
        departure,
        kind,
        about,
        now,
    )?;
    Ok(())
}

/// A secret that goes with a letter, already sealed.
pub(super) struct Secret {
    id: String,
    sealed: String,
}

impl Secret {
    /// Seals it for a letter about a departure.
    pub(super) fn new(
        store: &Store,
        departure: &str,
        kind: &'static str,
        now: i64,
        secret: &str,
    ) -> StoreResult<Self> {
        let id = of_departure(departure, kind, now);
        let sealed = seal(&store.sealing, &id, secret)?;
        Ok(Self { id, sealed })
    }

    /// Puts it into its letter.
    pub(super) async fn keep_in(self, c: &mut Connection) -> StoreResult<()> {
        run!(c, "update letters set sealed = $2 where id = $1 and state = 'waiting'", self.id, self.sealed)?;
        Ok(())
    }
}

/// What binds a sealed secret to its letter.
fn place(id: &str) -> String {
    format!("letters {id} sealed")
}

fn seal(sealing: &Sealing, id: &str, secret: &str) -> StoreResult<String> {
    sealing.seal(&place(id), secret)
}

/// Tells an account that a server may copy it, with a link that takes the permission back.
///
/// # Errors
/// [`super::StoreError`].
pub async fn export_authorised(
    store: &Store,
    (account, consent): (&str, &str),
    server: &str,
    (secret, token_hash): (&str, String),
    (now, until): (i64, i64),
) -> StoreResult<()> {
    let id = format!("{consent} {}", kind::EXPORT);
    let sealed = seal(&store.sealing, &id, secret)?;
    let (account, consent, server) = (account.to_owned(), consent.to_owned(), server.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into letters (id, account_id, kind, about, sealed, written_at, state, attempts, next_at) \
                     values ($1, $2, $3, $4, $5, $6, 'waiting', 0, 0) on conflict (id) do nothing",
                    id,
                    account,
                    kind::EXPORT,
                    server,
                    sealed,
                    now,
                )?;
                run!(
                    c,
                    "insert into stop_links (token_hash, consent_id, until) values ($1, $2, $3)",
                    token_hash,
                    consent,
                    until,
                )?;
                Ok(())
            })
        })
        .await
}

/// The secret of a letter's stop link; none where there is none or it does not open any more.
pub fn secret(store: &Store, letter: &Letter) -> Option<String> {
    store.sealing.unseal(&place(&letter.id), letter.sealed.as_deref()?)
}

/// The permission a stop link takes back, while it holds.
///
/// # Errors
/// [`super::StoreError`].
pub async fn stops(store: &Store, token_hash: &str, now: i64) -> StoreResult<Option<consents::ConsentRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        consents::ConsentRow,
        "select s.* from consents s join stop_links l on l.consent_id = s.id \
         where l.token_hash = $1 and l.until > $2",
        token_hash,
        now,
    )?)
}

/// The letters of an account, newest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_account(store: &Store, account: &str, limit: i64) -> StoreResult<Vec<Letter>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        Letter,
        "select * from letters where account_id = $1 order by written_at desc, id limit $2",
        account,
        limit,
    )?)
}

/// Letters that are due, with the address they go to, if there is one.
///
/// # Errors
/// [`super::StoreError`].
pub async fn due(store: &Store, now: i64, limit: i64) -> StoreResult<Vec<(Letter, Option<String>)>> {
    let mut c = store.reader().await?;
    let letters = rows!(
        &mut c,
        Letter,
        "select * from letters where state = 'waiting' and next_at <= $1 order by next_at, id limit $2",
        now,
        limit,
    )?;
    let mut due = Vec::with_capacity(letters.len());
    for letter in letters {
        let sql = "select address from contacts where account_id = $1";
        let address: Option<(String,)> = row!(&mut c, (String,), sql, &letter.account_id)?;
        due.push((letter, address.map(|(address,)| address)));
    }
    Ok(due)
}

/// When the next letter is due.
///
/// # Errors
/// [`super::StoreError`].
pub async fn next_due(store: &Store) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found: Option<(Option<i64>,)> =
        row!(&mut c, (Option<i64>,), "select min(next_at) from letters where state = 'waiting'")?;
    Ok(found.and_then(|(at,)| at))
}

/// What became of a letter; while it waits on, `next_at` says until when.
///
/// # Errors
/// [`super::StoreError`].
pub async fn became(store: &Store, id: &str, state: &'static str, next_at: i64) -> StoreResult<()> {
    let id = id.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update letters set state = $2, next_at = $3, attempts = attempts + 1, \
                     sealed = case when cast($2 as text) = 'waiting' then sealed else null end \
                     where id = $1 and state = 'waiting'",
                    id,
                    state,
                    next_at,
                )?;
                Ok(())
            })
        })
        .await
}

/// Where an account's mail goes.
///
/// # Errors
/// [`super::StoreError`].
pub async fn address(store: &Store, account: &str) -> StoreResult<Option<String>> {
    let mut c = store.reader().await?;
    let sql = "select address from contacts where account_id = $1";
    let found: Option<(String,)> = row!(&mut c, (String,), sql, account)?;
    Ok(found.map(|(address,)| address))
}

/// Says where an account's mail goes; none: to its page only.
///
/// # Errors
/// [`super::StoreError`].
pub async fn set_address(store: &Store, account: &str, address: Option<String>, now: i64) -> StoreResult<()> {
    let account = account.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                match address {
                    None => run!(c, "delete from contacts where account_id = $1", account)?,
                    Some(address) => run!(
                        c,
                        "insert into contacts (account_id, address, changed_at) values ($1, $2, $3) \
                         on conflict (account_id) do update set address = excluded.address, \
                         changed_at = excluded.changed_at",
                        account,
                        address,
                        now,
                    )?,
                };
                Ok(())
            })
        })
        .await
}
