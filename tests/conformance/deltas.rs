//! A copy on trial follows its old home. The judge is a second copy, made when everything is over: a
//! copy that followed is the copy one would get now.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use godwit::{
    model::{
        id::TransferId,
        item::ItemKind,
        login::Purpose,
        object::{Object, Visibility},
        pass::{Found, Pass, PassState},
        transfer::{Origin, Transfer, TransferState},
    },
    oauth::scope::Scope,
    port::clock::{Clock, SystemClock},
    site::{accounts::Account, edits::Edit, posts::Draft},
    store::{consents, logins, passes},
    transfer::{look, status, step, trial, trial_end},
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

use super::{
    both::{Tables, on_both},
    laboratory::{self, Home},
    openings::Stage,
    tables::{does, texts},
};

on_both! {
    actix_web::test =>
    what_is_written_edited_and_deleted_at_old_home_arrives_and_what_its_owner_changed_here_stays,
    whatever_happens_meanwhile_a_copy_that_followed_is_the_copy_one_would_get_now,
    before_a_copy_is_kept_old_home_is_looked_at_one_last_time;
    a_trial_that_was_extended_follows_every_day_until_the_permission_is_taken_back,
}

/// A copy of ann's account that follows.
pub(super) struct Following<'a> {
    pub(super) old: &'a Home,
    pub(super) new: &'a Home,
    ann: &'a Account,
    eve: Account,
    pub(super) id: TransferId,
    /// New addresses and what they stand for, also of what is gone by now: links to it may remain.
    places: Mutex<BTreeMap<String, String>>,
}

/// Copies ann's account into another at the new home, over HTTP.
pub(super) async fn copied<'a>(old: &'a Home, new: &'a Home, ann: &'a Account, into: &str) -> Following<'a> {
    let eve = new.account(into).await;
    let login = old.consent(&ann.username, new, Scope::Read).await;
    let origin = Origin::Live { actor: login.actor.clone() };
    let id = new.begin(&eve, origin, Some(login)).await;
    while new.advance(&new.app.engine, &id).await.state != TransferState::Trial {}
    let copy = Following { old, new, ann, eve, id, places: Mutex::default() };
    copy.learn_places().await;
    copy
}

impl Following<'_> {
    pub(super) async fn transfer(&self) -> Transfer {
        self.new.transfer(&self.id).await
    }

    /// Looks at the old home now; what came of it.
    pub(super) async fn look(&self) -> Pass {
        look::ask(&self.new.app.engine, &self.transfer().await).await.unwrap();
        self.step().await;
        self.pass().await
    }

    pub(super) async fn step(&self) -> Transfer {
        step::advance(&self.new.app.engine, &self.transfer().await).await.unwrap();
        self.transfer().await
    }

    pub(super) async fn pass(&self) -> Pass {
        passes::last(&self.new.app.store, &self.id).await.unwrap().unwrap()
    }

    async fn writes(&self, text: &str, visibility: Visibility) -> Object {
        let draft = Draft { text: text.into(), visibility, warning: String::new(), in_reply_to: None };
        self.old.app.site.write_post(self.ann, draft).await.unwrap()
    }

    /// Ann's posts at the old home, by id.
    pub(super) async fn posts(&self) -> Vec<String> {
        let sql = "select id, '' from posts where deleted_at is null order by id".to_owned();
        texts(self.old, sql).await.into_iter().map(|(id, _)| id).collect()
    }

    async fn edits(&self, id: &str, text: &str) {
        let edit = Edit { text: text.into(), warning: String::new() };
        self.old.app.site.edit_post(self.ann, id, edit).await.unwrap();
    }

    /// The place of a post of the old home in the copy.
    async fn place(&self, id: &str) -> String {
        let sql = format!(
            "select local_id, '' from url_map where transfer_id = '{}' and kind = 'posts' and key like '%/{id}'",
            self.id
        );
        texts(self.new, sql).await.remove(0).0
    }

    async fn learn_places(&self) {
        let id = &self.id;
        let sql = format!(
            "select new_url, kind || ' ' || key from url_map where transfer_id = '{id}' \
             union all select new_page, kind || ' ' || key from url_map where transfer_id = '{id}' \
             and new_page is not null"
        );
        let found = texts(self.new, sql).await;
        self.places.lock().unwrap().extend(found);
    }

    /// Every row of the copy, by kind and key, with the new addresses read back as the old ones.
    pub(super) async fn rows(&self) -> BTreeMap<String, String> {
        let id = &self.id;
        self.learn_places().await;
        let sql = format!(
            "select m.kind || ' ' || m.key, p.visibility || p.object from posts p join url_map m \
             on m.local_id = p.id and m.transfer_id = p.transfer_id where p.transfer_id = '{id}' and p.deleted_at is null \
             union all select m.kind || ' ' || m.key, b.visibility || b.object_url || b.published from boosts b \
             join url_map m on m.local_id = b.id and m.transfer_id = b.transfer_id where b.transfer_id = '{id}' \
             union all select m.kind || ' ' || m.key, p.object_url || coalesce(p.published, '') from pointers p \
             join url_map m on m.local_id = p.id and m.transfer_id = p.transfer_id where p.transfer_id = '{id}' \
             union all select m.kind || ' ' || m.key, f.sha256 || coalesce(p.key, '') from media f \
             join url_map m on m.local_id = f.id and m.transfer_id = f.transfer_id \
             left join url_map p on p.local_id = f.post_id and p.transfer_id = f.transfer_id \
             where f.transfer_id = '{id}' and f.post_id is not null \
             union all select 'following ' || actor, state from following where transfer_id = '{id}' \
             union all select 'blocked ' || actor, '' from blocks where transfer_id = '{id}' \
             union all select 'profile', profile || coalesce(avatar, '') || coalesce(header, '') \
             from waiting_profiles where transfer_id = '{id}'"
        );
        let own = format!("/users/{}", self.eve.username);
        let urls = &self.old.app.site.urls;
        let posts = format!("posts {}/posts/", urls.actor("ann"));
        let pages = format!("{}/", urls.profile("ann"));
        let mut rows = BTreeMap::new();
        for (key, text) in texts(self.new, sql).await {
            let read_back = |text: String, (new, old): (&String, &String)| text.replace(new.as_str(), old);
            let text = self.places.lock().unwrap().iter().rev().fold(text, read_back);
            let text = text.replace(&own, "/users/OWNER");
            // A link to what is gone leads to where it was, there or here: both say that it is gone.
            let text = text.replace(&posts, "POST ").replace(&pages, "POST ");
            let text = text.replace(posts.trim_start_matches("posts "), "POST ");
            assert!(rows.insert(key.clone(), text).is_none(), "{key} stands here twice");
        }
        rows
    }

    /// The copy is the one that would be made now, but for these keys; and its numbers agree.
    pub(super) async fn is_as_if_made_now(&self, name: &str, but_for: &BTreeSet<String>) {
        let fresh = copied(self.old, self.new, self.ann, name).await;
        let (mut mine, mut theirs) = (self.rows().await, fresh.rows().await);
        mine.retain(|key, _| !but_for.contains(key));
        theirs.retain(|key, _| !but_for.contains(key));
        for (key, row) in &theirs {
            assert_eq!(mine.get(key), Some(row), "{name}: {key}");
        }
        assert_eq!(mine.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "{name}");
        let report = status::report(&self.new.app.engine, &self.transfer().await).await.unwrap();
        assert!(report.agrees(), "{name}: {report:#?}");
    }
}

async fn what_is_written_edited_and_deleted_at_old_home_arrives_and_what_its_owner_changed_here_stays(
    tables: Tables,
) {
    let stage = Stage::of_ours(&tables).await;
    let copy = copied(&stage.old, &stage.new, &stage.ann, "eve").await;
    let posts = copy.posts().await;
    copy.edits(&posts[1], "changed #there").await;
    copy.old.app.site.delete_post(copy.ann, &posts[2]).await.unwrap();
    copy.writes("quite new", Visibility::Public).await;
    // At the new home: one that is edited at both, one that is deleted there, one that is taken away.
    let site = &copy.new.app.site;
    for post in [&posts[3], &posts[4]] {
        let edit = Edit { text: "my own words".into(), warning: String::new() };
        site.edit_post(&copy.eve, &copy.place(post).await, edit).await.unwrap();
    }
    copy.edits(&posts[3], "words of Old home").await;
    copy.old.app.site.delete_post(copy.ann, &posts[4]).await.unwrap();
    site.delete_post(&copy.eve, &copy.place(&posts[5]).await).await.unwrap();

    let pass = copy.look().await;
    assert_eq!((pass.state, pass.problem), (PassState::Done, None));
    assert_eq!((pass.found.added, pass.found.own), (1, 4), "with two files: {:?}", pass.found);
    let key = |id: &String| format!("posts {}/posts/{id}", copy.old.app.site.urls.actor("ann"));
    let files: Vec<String> = copy.rows().await.into_keys().filter(|key| key.starts_with("media")).collect();
    let own = posts[3..6].iter().map(key).chain(files).collect();
    copy.is_as_if_made_now("fresh", &own).await;
    let rows = copy.rows().await;
    assert!(rows[&key(&posts[3])].contains("my own words") && rows[&key(&posts[4])].contains("my own words"));
    assert!(!rows.contains_key(&key(&posts[5])));
    let report = status::report(&copy.new.app.engine, &copy.transfer().await).await.unwrap();
    assert_eq!(report.kind(ItemKind::Posts).own, 1);
    let said = |lines: &[godwit::model::report::ReasonCount], part: &str| {
        lines
            .iter()
            .filter(|line| line.kind == "posts" && line.why.contains(part))
            .map(|line| line.count)
            .sum()
    };
    let counted: [u64; 3] = [
        said(&report.notes, "yours stays"),
        said(&report.notes, "so it stays"),
        said(&report.reasons, "you took it away here"),
    ];
    assert_eq!(counted, [1, 1, 1], "{report:#?}");

    let pass = copy.look().await;
    assert_eq!((pass.found, pass.rounds), (Found::default(), 1), "what was settled is not found again");
}

/// One thing that happens: which kind of thing, and to which of those there are.
type Happening = (u8, usize);

impl Following<'_> {
    /// Something happens at one of the homes; the keys that are its owner's own from then on.
    async fn happens(&self, number: usize, (what, which): Happening) -> Vec<String> {
        let ann = &self.ann.id;
        let posts = self.posts().await;
        let post = &posts[which % posts.len()];
        let visibility = Visibility::ALL[which % Visibility::ALL.len()];
        let some = |table: &str| {
            format!(
                "(select id from {table} where account_id = '{ann}' order by id limit 1 offset {})",
                which % 3
            )
        };
        let sql = match what {
            0 | 1 => {
                self.writes(&format!("new {number} #t{which}"), visibility).await;
                return Vec::new();
            }
            2 | 3 => {
                self.edits(post, &format!("edited {number} #e{which}")).await;
                return Vec::new();
            }
            4 => {
                self.old.app.site.delete_post(self.ann, post).await.unwrap();
                return Vec::new();
            }
            5 => format!("delete from boosts where id = {}", some("boosts")),
            6 => format!("delete from pointers where id = {}", some("pointers")),
            7 => format!(
                "insert into pointers (id, account_id, kind, object_url, is_trial) values ('l{number}', '{ann}', \
                 'likes', 'https://friends.example/notes/l{number}', false)"
            ),
            8 => format!(
                "insert into blocks (account_id, actor, since) \
                 values ('{ann}', 'https://rude.example/users/u{number}', 0)"
            ),
            9 => format!("delete from blocks where account_id = '{ann}' and actor like '%{}'", which % 10),
            10 => format!("update accounts set name = 'ann {number}', avatar = header where id = '{ann}'"),
            11 => format!("update accounts set avatar = null where id = '{ann}'"),
            12 => format!(
                "update posts set visibility = 'followers', object = replace(object, '\"visibility\":\"public\"', \
                 '\"visibility\":\"followers\"') where id = '{post}' and visibility = 'public'"
            ),
            13 => {
                format!("delete from following where account_id = '{ann}' and actor like '%{}'", which % 10)
            }
            _ => return self.changes_here(post, what == 14).await,
        };
        does(self.old, sql).await;
        Vec::new()
    }

    /// The owner edits or deletes a post of the copy.
    async fn changes_here(&self, post: &str, is_edit: bool) -> Vec<String> {
        let sql = format!(
            "select p.id, m.kind || ' ' || m.key from posts p join url_map m \
             on m.local_id = p.id and m.transfer_id = p.transfer_id \
             where p.transfer_id = '{}' and p.deleted_at is null and m.key like '%/{post}'",
            self.id
        );
        let Some((id, key)) = texts(self.new, sql).await.pop() else { return Vec::new() };
        let files = format!(
            "select m.kind || ' ' || m.key, '' from media f join url_map m \
             on m.local_id = f.id and m.transfer_id = f.transfer_id where f.post_id = '{id}'"
        );
        let files = texts(self.new, files).await.into_iter().map(|(key, _)| key);
        let site = &self.new.app.site;
        if is_edit {
            let edit = Edit { text: "my own words".into(), warning: String::new() };
            site.edit_post(&self.eve, &id, edit).await.unwrap();
        } else {
            site.delete_post(&self.eve, &id).await.unwrap();
        }
        files.chain([key]).collect()
    }
}

async fn whatever_happens_meanwhile_a_copy_that_followed_is_the_copy_one_would_get_now(tables: Tables) {
    let stage = Stage::of_ours(&tables).await;
    let copy = copied(&stage.old, &stage.new, &stage.ann, "eve").await;
    let draws = proptest::collection::vec(proptest::collection::vec((0..16_u8, 0..1000_usize), 1..12), 6);
    let draws = draws.new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let (mut own, mut number) = (BTreeSet::new(), 0);
    for (round, happenings) in draws.into_iter().enumerate() {
        for happening in happenings {
            number += 1;
            own.extend(copy.happens(number, happening).await);
        }
        let pass = copy.look().await;
        assert_eq!((pass.state, pass.problem), (PassState::Done, None), "round {round}");
        copy.is_as_if_made_now(&format!("fresh{round}"), &own).await;
    }
    let again = copy.look().await;
    assert_eq!((again.found, again.rounds), (Found::default(), 1));

    // A copy that followed for long is thrown away as one that never did.
    let kept: Vec<_> = texts(copy.new, "select id, '' from accounts where username = 'eve'".into()).await;
    trial::discard(&copy.new.app.engine, &copy.transfer().await).await.unwrap();
    assert_eq!(copy.step().await.state, TransferState::Discarded);
    let (eve, id) = (&kept[0].0, &copy.id);
    for (table, column, value) in [
        ("posts", "account_id", eve.as_str()),
        ("media", "account_id", eve),
        ("boosts", "account_id", eve),
        ("blocks", "account_id", eve),
        ("items", "transfer_id", id.as_str()),
        ("url_map", "transfer_id", id.as_str()),
        ("passes", "transfer_id", id.as_str()),
    ] {
        let left = texts(copy.new, format!("select '', '' from {table} where {column} = '{value}'")).await;
        assert_eq!(left.len(), 0, "{table}");
    }
}

/// The machine's time, and as much later as a test wants.
struct Later(AtomicI64);

impl Clock for Later {
    fn now_micros(&self) -> i64 {
        SystemClock.now_micros() + self.0.load(Ordering::SeqCst)
    }

    fn random(&self, bytes: &mut [u8]) {
        SystemClock.random(bytes);
    }
}

const DAY: i64 = 24 * 3600 * 1_000_000;

async fn a_trial_that_was_extended_follows_every_day_until_the_permission_is_taken_back(tables: Tables) {
    let clock = Arc::new(Later(AtomicI64::new(0)));
    let [old, new] = laboratory::homes_by(["old", "new"], 7, clock.clone(), || tables.address()).await;
    let ann = old.account("ann").await;
    let copy = copied(&old, &new, &ann, "eve").await;
    copy.step().await;
    assert_eq!(
        passes::last(&new.app.store, &copy.id).await.unwrap(),
        None,
        "nothing is due on the first day"
    );
    let mut tokens = BTreeSet::new();
    for day in 1..=40 {
        copy.writes(&format!("day {day}"), Visibility::Public).await;
        if day == 25 {
            trial_end::extend(&new.app.engine, &copy.transfer().await).await.unwrap();
        }
        clock.0.fetch_add(DAY, Ordering::SeqCst);
        copy.step().await;
        let pass = copy.pass().await;
        assert_eq!((pass.number, pass.found.added, pass.problem), (day, 1, None));
        let login = logins::find(&new.app.store, &copy.id, Purpose::Read).await.unwrap().unwrap();
        tokens.insert(login.refresh_token.unwrap());
    }
    assert!(tokens.len() >= 40, "a refresh token is used once: {}", tokens.len());

    // Ann takes the permission back at her old home.
    let consent =
        texts(&old, "select id, '' from consents where revoked_at is null".into()).await.remove(0).0;
    consents::revoke(&old.app.store, consent, clock.now_micros()).await.unwrap();
    copy.writes("too late", Visibility::Public).await;
    let pass = copy.look().await;
    assert_eq!(pass.state, PassState::Failed);
    let problem = pass.problem.unwrap();
    assert!(problem.contains("no longer gives this server its permission"), "{problem}");
    let transfer = copy.transfer().await;
    assert_eq!((transfer.state, transfer.problem), (TransferState::Trial, None), "the copy stays usable");

    // Keep: one last look is tried, its failure said, and said again it goes on without.
    trial::keep(&new.app.engine, &copy.transfer().await).await.unwrap();
    let told = copy.step().await;
    assert_eq!(told.state, TransferState::Trial);
    assert!(told.problem.unwrap().contains("One last look at Old home did not go through"));
    trial::keep(&new.app.engine, &copy.transfer().await).await.unwrap();
    assert_eq!(copy.transfer().await.state, TransferState::Keeping);
    assert_eq!(copy.step().await.state, TransferState::Kept);
}

async fn before_a_copy_is_kept_old_home_is_looked_at_one_last_time(tables: Tables) {
    let stage = Stage::of_ours(&tables).await;
    let copy = copied(&stage.old, &stage.new, &stage.ann, "eve").await;
    copy.writes("written at the last moment", Visibility::Public).await;
    trial::keep(&copy.new.app.engine, &copy.transfer().await).await.unwrap();
    let looking = copy.transfer().await;
    assert_eq!(looking.state, TransferState::Looking);
    assert!(looking.state.can_discard(), "it can still be thrown away");
    assert_eq!(copy.step().await.state, TransferState::Keeping);
    assert_eq!(copy.pass().await.found.added, 1);
    assert_eq!(copy.step().await.state, TransferState::Kept);
    assert!(copy.rows().await.values().any(|row| row.contains("written at the last moment")));
}
