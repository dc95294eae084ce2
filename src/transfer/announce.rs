//! The owner's last word: checked, recorded, proven, told. Each step may run twice and happens once.

use url::Url;

use super::{
    findings::{self, Finding, target_findings, target_of},
    prove,
    source_side::{SourceSide, SourceSideError, SourceSideResult, plain_url},
};
use crate::{
    model::{
        actor::{Actor, authority},
        ending::Ending,
        problem::ProblemKind,
    },
    port::{error::AdapterError, host::HostAccount, lookup},
    store::{
        announcements::{self, Announcement},
        departures::{self, DepartureRow},
    },
    wire,
    words::text,
};

/// The owner says announce. What stands in the way is answered as findings and nothing happens;
/// an empty answer means it is under way (or was before). The caller has checked the password.
///
/// # Errors
/// [`SourceSideError`].
pub async fn announce(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
) -> SourceSideResult<Vec<Finding>> {
    if departure.account_id != account.id.as_str() {
        return Err(SourceSideError::refused(ProblemKind::NotFound, text!("refusals-no-such-move")));
    }
    match departure.state.as_str() {
        "resting" | "announcing" | "announced" => return Ok(Vec::new()),
        "started" => {}
        _ => {
            return Ok(vec![Finding { why: text!("refusals-move-was-withdrawn") }]);
        }
    }
    let found = findings::look(side, account, departure).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let (activity, now) = (activity_id(side, account), side.clock.now_micros());
    if departures::ask(&side.store, departure.id.clone(), activity, now).await? {
        side.note(account.id.as_str(), "announced", &departure.target).await?;
    }
    Ok(Vec::new())
}

/// A fresh id for the Move of an account; it stays the same however often the Move is sent.
pub(super) fn activity_id(side: &SourceSide, account: &HostAccount) -> String {
    let mut activity = account.actor.clone();
    activity.set_fragment(Some(&format!("moves/{}", side.clock.id())));
    activity.to_string()
}

/// Does the next bit of an announcement that was asked for; `true` when there is more to do.
///
/// # Errors
/// [`SourceSideError`]; a busy adapter error says when to come back.
pub async fn advance(side: &SourceSide, departure_id: &str) -> SourceSideResult<bool> {
    let Some(departure) = departures::find(&side.store, departure_id).await? else {
        return Ok(false);
    };
    if departure.state != "announcing" {
        return Ok(false);
    }
    let account = side.account(&departure.account_id).await?;
    if prove::batch(side, &account, &departure).await? {
        return Ok(true);
    }
    // Proving took its time: the new account must still be what it was when the owner spoke.
    let target = target_of(&departure)?;
    let (actor, document) = match lookup::actor(&*side.remote, &side.signer, &target, None).await {
        Ok(read) => read,
        Err(error @ AdapterError::Fatal { .. }) => {
            tracing::info!(%error, "the new account cannot be read");
            let why = text!("refusals-cannot-be-read-now", there = authority(&target));
            return stop(side, &departure, &why).await;
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(finding) = target_findings(&account, &target, &actor).into_iter().next() {
        return stop(side, &departure, &finding.why).await;
    }
    prove::close(side, &departure, &target, &document).await?;
    match departure.ending() {
        Some(Ending::Announce) => tell(side, &account, &departure, &actor).await?,
        Some(ending) => settle(side, &account, &departure, &actor, ending).await?,
        None => return stop(side, &departure, &text!("refusals-asked-for-something-else")).await,
    }
    Ok(false)
}

/// Back to before the last word: nothing was sent, the owner reads why and may say it again.
async fn stop(side: &SourceSide, departure: &DepartureRow, why: &str) -> SourceSideResult<bool> {
    departures::stop(&side.store, departure.id.clone(), why.to_owned(), side.clock.now_micros()).await?;
    Ok(false)
}

/// Ends it without a word to anybody: what was proven leads on, or the old account names its copy.
async fn settle(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
    target: &Actor,
    ending: Ending,
) -> SourceSideResult<()> {
    if ending == Ending::Copy {
        side.host.set_copied_to(&account.id, &target.id, true).await?;
    }
    let settled = announcements::Settled {
        departure_id: departure.id.clone(),
        target_page: page_of(target).map(String::from),
        now: side.clock.now_micros(),
    };
    Ok(announcements::settle(&side.store, settled).await?)
}

/// Sets where the account has moved and queues the Update and the Move for every inbox.
async fn tell(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
    target: &Actor,
) -> SourceSideResult<()> {
    let activity_id = departure.activity_id.as_deref().and_then(|id| Url::parse(id).ok());
    let Some(move_id) = activity_id else {
        return Err(SourceSideError::refused(
            ProblemKind::BadTarget,
            text!("refusals-announcement-lost-its-id"),
        ));
    };
    let is_told = side.host.is_move_told(&account.id, &target.id).await?;
    side.host.meet(target).await?;
    side.host.set_moved_to(&account.id, Some(&target.id)).await?;
    let document = side.host.actor_document(&account.id).await?;
    let followers = wire::lenient::url(&document, "followers").unwrap_or_else(|| account.actor.clone());
    let mut inboxes: Vec<String> =
        side.host.move_inboxes(&account.id).await?.into_iter().map(String::from).collect();
    inboxes.sort_unstable();
    inboxes.dedup();
    if is_told {
        // The server beside us sent it by its own means: whoever gets a second one may do anything.
        inboxes.clear();
    }
    let mut update_id = move_id.clone();
    update_id.set_fragment(
        move_id.fragment().map(|fragment| fragment.replacen("moves/", "updates/", 1)).as_deref(),
    );
    let update = wire::activity::update_actor(&update_id, &account.actor, &followers, &document);
    let moved = wire::activity::move_actor(&move_id, &account.actor, &followers, &target.id);
    let announcement = Announcement {
        departure_id: departure.id.clone(),
        account_id: account.id.as_str().to_owned(),
        target_page: page_of(target).map(String::from),
        inboxes,
        activities: [(update_id.into(), update.to_string()), (move_id.into(), moved.to_string())],
        base_id: side.clock.id(),
        now: side.clock.now_micros(),
    };
    announcements::announce(&side.store, announcement).await?;
    if let Err(error) = side.host.note_move(&account.id, &target.id).await {
        tracing::warn!(%error, "the server beside us does not know that the move is announced");
    }
    Ok(())
}

/// The new account's page for people, when it is a plain address of its own server.
fn page_of(target: &Actor) -> Option<Url> {
    let page = target.url.as_ref().and_then(|page| plain_url(page.as_str()))?;
    (page.origin() == target.id.origin()).then_some(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        oauth::scope::Scope,
        store::{
            announcements::DeliveryCounts,
            departures::find,
            forwards::{self, MapCounts},
        },
        transfer::{
            departure_status::{set_forwarding, status},
            fakes::{self, Bench, target, url},
            hand_over::{self, Batch, Entry, departure_of},
            redirect::{self, Answer, Wanted},
        },
    };
    use serde_json::json;

    const NEW: &str = "https://new.example/users/ann";

    /// Ann's map is handed over: post 1 speaks for itself with its picture, post 2 does not, post 9
    /// is for followers; picture 3 is shown by nothing.
    async fn handed_over() -> (Bench, DepartureRow) {
        let bench = Bench::new().await;
        *bench.host.inboxes.lock().unwrap() = vec![
            url("https://b.example/inbox"),
            url("https://a.example/inbox"),
            url("https://b.example/inbox"),
        ];
        let grant = bench.grant(Scope::HandOver).await;
        hand_over::start(&bench.side, &grant, NEW, None).await.unwrap();
        let entry = |old: &str, new: &str| Entry {
            old: format!("https://old.example/{old}"),
            new: format!("https://new.example/{new}"),
            page: None,
        };
        let entries = vec![
            entry("users/ann/posts/1", "users/ann/posts/1"),
            entry("users/ann/posts/2", "users/ann/posts/2"),
            entry("users/ann/posts/9", "users/ann/posts/9"),
            entry("media/ann/1", "media/1/a.png"),
            entry("media/ann/3", "media/3/c.png"),
        ];
        hand_over::take(&bench.side, &grant, Batch { entries, complete: true, ..Batch::default() })
            .await
            .unwrap();
        for number in [1, 2, 9] {
            let mut document = json!({
                "id": format!("{NEW}/posts/{number}"), "type": "Note", "attributedTo": NEW,
                "url": format!("https://new.example/@ann/{number}"),
                "attachment": [{"type": "Document", "url": format!("https://new.example/media/{number}/a.png")}]
            });
            if number != 2 {
                document["previously"] =
                    json!([{"id": format!("https://old.example/users/ann/posts/{number}")}]);
            }
            bench.remote.put(&format!("{NEW}/posts/{number}"), document);
        }
        let departure = departure_of(&bench.side, &grant).await.unwrap().unwrap();
        (bench, departure)
    }

    async fn finish(bench: &Bench, departure: &DepartureRow) -> DepartureRow {
        assert_eq!(announce(&bench.side, &bench.ann(), departure).await.unwrap(), []);
        while advance(&bench.side, &departure.id).await.unwrap() {}
        find(&bench.store, &departure.id).await.unwrap().unwrap()
    }

    async fn asked(bench: &Bench, path: &str) -> Answer {
        let address = url(&format!("https://old.example/{path}"));
        let now = crate::port::clock::Clock::now_micros(&*bench.clock);
        redirect::answer(&bench.store, &*bench.host, &address, Wanted::Page, now).await.unwrap()
    }

    fn moved(to: &str, max_age_seconds: u32) -> Answer {
        Answer::Moved { url: url(to), max_age_seconds }
    }

    #[tokio::test]
    async fn a_missing_alias_blocks_with_a_sentence_and_changes_nothing() {
        let (bench, departure) = handed_over().await;
        bench.remote.put(NEW, target(&[]));
        let found = announce(&bench.side, &bench.ann(), &departure).await.unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].why.contains("new.example") && found[0].why.contains("also you"));
        assert_eq!(find(&bench.store, &departure.id).await.unwrap().unwrap(), departure);
    }

    #[tokio::test]
    async fn a_target_that_moved_on_or_cannot_be_read_blocks() {
        let (bench, departure) = handed_over().await;
        let mut further = target(&["https://old.example/users/ann"]);
        further["movedTo"] = json!("https://third.example/users/ann");
        bench.remote.put(NEW, further);
        assert!(!announce(&bench.side, &bench.ann(), &departure).await.unwrap().is_empty());
        bench.remote.put_status(NEW, 500);
        assert!(!announce(&bench.side, &bench.ann(), &departure).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn an_address_where_nothing_is_answers_like_one_that_a_stranger_may_not_see() {
        let (bench, departure) = handed_over().await;
        finish(&bench, &departure).await;
        assert_eq!(asked(&bench, "@ann/9").await, Answer::Here, "a post for followers");
        for nothing in ["@ann/no-such-post", "@ann/9/embed", "@ann/media/9"] {
            assert_eq!(asked(&bench, nothing).await, Answer::Here, "{nothing}");
        }
    }

    #[tokio::test]
    async fn a_consent_that_was_taken_back_is_none() {
        let bench = Bench::new().await;
        let grant = bench.grant(Scope::Read).await;
        hand_over::start(&bench.side, &grant, NEW, None).await.unwrap();
        let departure = departure_of(&bench.side, &grant).await.unwrap().unwrap();
        crate::transfer::consent::revoke(&bench.side, &bench.ann().id, grant.consent.as_str()).await.unwrap();
        let found = announce(&bench.side, &bench.ann(), &departure).await.unwrap();
        assert!(found.iter().any(|finding| finding.why.contains("never agreed")), "{found:?}");
    }

    #[tokio::test]
    async fn only_what_speaks_for_itself_is_redirected_and_only_after_the_announcement() {
        let (bench, departure) = handed_over().await;
        assert_eq!(asked(&bench, "users/ann/posts/1").await, Answer::Here, "inert before");
        finish(&bench, &departure).await;
        let counts = forwards::counts(&bench.store, &departure.id).await.unwrap();
        assert_eq!(counts, MapCounts { entries: 5, proven: 2, refused: 2, hidden: 1 });
        let asked_for = bench.remote.asked();
        assert!(!asked_for.contains(&format!("{NEW}/posts/9")), "a hidden entry was looked at");
        assert_eq!(asked(&bench, "users/ann/posts/1").await, moved("https://new.example/@ann/1", 300));
        assert_eq!(asked(&bench, "@ann/1").await, moved("https://new.example/@ann/1", 300));
        assert_eq!(asked(&bench, "media/ann/1").await, moved("https://new.example/media/1/a.png", 300));
        assert_eq!(asked(&bench, "@ann/media").await, moved("https://new.example/@ann", 300));
        assert_eq!(asked(&bench, "@ann.rss").await, moved("https://new.example/@ann", 300));
        for here in [
            "users/ann/posts/2",
            "users/ann/posts/9",
            "media/ann/3",
            "users/ann",
            "users/ann/inbox",
            "users/ann/followers",
            "users/ann/posts/1/replies",
            "@bob",
            "@bob/1",
            ".well-known/webfinger",
        ] {
            assert_eq!(asked(&bench, here).await, Answer::Here, "{here}");
        }
        bench.clock.advance(86_401);
        assert_eq!(asked(&bench, "@ann").await, moved("https://new.example/@ann", 86_400));
    }

    #[tokio::test]
    async fn the_owner_switches_forwarding_off_and_on_and_nobody_else_does() {
        let (bench, departure) = handed_over().await;
        finish(&bench, &departure).await;
        assert!(set_forwarding(&bench.side, &"bob-id".into(), &departure.id, false).await.is_err());
        set_forwarding(&bench.side, &"ann-id".into(), &departure.id, false).await.unwrap();
        assert_eq!(asked(&bench, "users/ann/posts/1").await, Answer::Here);
        set_forwarding(&bench.side, &"ann-id".into(), &departure.id, true).await.unwrap();
        assert_ne!(asked(&bench, "users/ann/posts/1").await, Answer::Here);
    }

    #[tokio::test]
    async fn announcing_twice_keeps_the_activity_and_adds_no_rows() {
        let (bench, departure) = handed_over().await;
        let once = finish(&bench, &departure).await;
        let told = status(&bench.side, once.clone()).await.unwrap().deliveries;
        assert_eq!(told, DeliveryCounts { queued: 2, delivered: 0, dead: 0 }, "one per distinct inbox");
        let twice = finish(&bench, &once).await;
        assert_eq!(twice, once);
        assert_eq!(status(&bench.side, twice).await.unwrap().deliveries, told);
        assert_eq!(bench.ann().moved_to.unwrap().as_str(), NEW);
        let mut c = bench.store.reader().await.unwrap();
        let sent: Vec<(String,)> =
            crate::store::rows!(&mut c, (String,), "select activity from deliveries order by id").unwrap();
        let kinds: Vec<_> = sent
            .iter()
            .map(|(text,)| {
                serde_json::from_str::<serde_json::Value>(text).unwrap()["type"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(kinds, ["Update", "Update", "Move", "Move"], "an inbox hears of movedTo first");
        assert!(sent[0].0.contains("movedTo"));
    }

    #[tokio::test]
    async fn a_silent_new_server_delays_the_announcement_but_not_for_ever() {
        let (bench, departure) = handed_over().await;
        bench.remote.put_status(&format!("{NEW}/posts/1"), 503);
        announce(&bench.side, &bench.ann(), &departure).await.unwrap();
        assert!(matches!(advance(&bench.side, &departure.id).await, Err(SourceSideError::Adapter(_))));
        assert_eq!(find(&bench.store, &departure.id).await.unwrap().unwrap().state, "announcing");
        bench.clock.advance(31 * 60);
        while advance(&bench.side, &departure.id).await.unwrap() {}
        assert_eq!(find(&bench.store, &departure.id).await.unwrap().unwrap().state, "announced");
        assert_eq!(forwards::counts(&bench.store, &departure.id).await.unwrap().proven, 0);
    }

    #[tokio::test]
    async fn an_alias_that_vanishes_while_proving_takes_the_last_word_back() {
        let (bench, departure) = handed_over().await;
        announce(&bench.side, &bench.ann(), &departure).await.unwrap();
        bench.remote.put(NEW, target(&[]));
        while advance(&bench.side, &departure.id).await.unwrap() {}
        let row = find(&bench.store, &departure.id).await.unwrap().unwrap();
        assert_eq!(row.state, "started");
        assert!(row.problem.unwrap().contains("also you"));
        assert_eq!(bench.ann().moved_to, None);
    }

    #[tokio::test]
    async fn a_list_that_is_not_complete_is_not_announced() {
        let bench = Bench::new().await;
        let grant = bench.grant(Scope::HandOver).await;
        hand_over::start(&bench.side, &grant, NEW, None).await.unwrap();
        let entry = Entry {
            old: "https://old.example/users/ann/posts/1".into(),
            new: format!("{NEW}/posts/1"),
            page: None,
        };
        hand_over::take(&bench.side, &grant, Batch { entries: vec![entry], ..Batch::default() })
            .await
            .unwrap();
        let departure = departure_of(&bench.side, &grant).await.unwrap().unwrap();
        assert_eq!(announce(&bench.side, &bench.ann(), &departure).await.unwrap().len(), 1);
        let other = fakes::Bench::new().await;
        assert!(
            announce(&other.side, &other.ann(), &DepartureRow { account_id: "bob-id".into(), ..departure })
                .await
                .is_err()
        );
    }
}
