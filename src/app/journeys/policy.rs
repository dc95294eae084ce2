//! What the admins' rules do to a copy, from the survey on.

use std::collections::BTreeSet;

use super::*;
use crate::{
    model::{choices::Choices, collection::Cursor, policy::Preset},
    store::{applications, census::census, choices, policies},
    transfer::{
        TransferError, admit, choose, desk,
        search::{self, Bounds},
        trial,
    },
};

/// The first two posts show a file each.
fn shows(number: u32) -> Value {
    let address = [(1, "a"), (2, "b")].iter().find(|(n, _)| *n == number);
    let address = address.map(|(_, name)| format!("https://old.example/{name}.png"));
    let document = |url| json!({"attachment": [{"type": "Document", "mediaType": "image/png", "url": url}]});
    address.map_or(json!({}), document)
}

fn three_posts_and_a_file() -> OldHome {
    let mut old = OldHome::new()
        .page(
            CollectionKind::Media,
            vec![file("https://old.example/a.png"), file("https://old.example/b.png")],
        )
        .page(CollectionKind::Content, (1..=3).map(|n| post(n, shows(n))).collect());
    old.announced.insert(CollectionKind::Content, 3);
    old.outline = Some(Outline { media_bytes: Some(70), ..Outline::default() });
    old
}

impl NewHome {
    /// Other rules, as an admin makes them.
    async fn rule(&self, change: impl FnOnce(&mut crate::model::policy::Policy)) {
        let mut now = desk::rules(&self.app.engine).await.unwrap();
        change(&mut now.policy);
        desk::change(&self.app.engine, now.version, now.policy, Some("eve")).await.unwrap();
    }

    async fn found(&self, id: &TransferId) -> Transfer {
        transfers::find(&self.app.store, id).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn who_must_be_looked_at_waits_across_a_restart_and_comes_without_what_was_left_out() {
    let new = NewHome::open().await;
    new.rule(|policy| *policy = Preset::Careful.policy(policy)).await;
    let ann = new.account("ann").await;
    let id = new.transfer(&ann).await;
    let (transfer, _) = new.run(&new.engine(three_posts_and_a_file()), &id).await;
    assert_eq!(transfer.state, TransferState::AwaitingApproval, "{:?}", transfer.problem);
    // Another daemon, the same disk: it waits as it did.
    let engine = new.engine(three_posts_and_a_file());
    step::advance(&engine, &transfer).await.unwrap();
    let status = status::status(&engine, &new.found(&id).await).await.unwrap();
    let asked = status.application.unwrap();
    assert_eq!((asked.place, asked.outcome.as_str(), asked.needs.len()), (Some(1), "pending", 1));
    admit::answer(&engine, &transfer, Some("eve"), admit::Word::Ask("Who are you?".into())).await.unwrap();
    admit::reply(&engine, &transfer, "Ann.").await.unwrap();
    let word = admit::Word::Approve([CollectionKind::Media].into());
    admit::answer(&engine, &transfer, Some("eve"), word).await.unwrap();
    let (transfer, report) = new.run(&engine, &id).await;
    assert_eq!(transfer.state, TransferState::Trial, "{:?}", transfer.problem);
    let (posts, media) = (report.items["posts"], report.items.get("media").copied().unwrap_or_default());
    assert_eq!((posts.destination, media.destination), (3, 0), "{:?}", report.reasons);
    let again = admit::answer(&engine, &transfer, Some("kim"), admit::Word::Decline("no".into())).await;
    assert!(matches!(again, Err(TransferError::Store(_))), "it is answered already");
}

#[tokio::test]
async fn a_declined_copy_leaves_the_reason_and_nothing_else() {
    let new = NewHome::open().await;
    new.rule(|policy| policy.arrivals.terms.approval.always = true).await;
    let ann = new.account("ann").await;
    let before = census(&new.app.store).await;
    let engine = new.engine(three_posts_and_a_file());
    let id = new.transfer(&ann).await;
    let (transfer, _) = new.run(&engine, &id).await;
    let silent = admit::answer(&engine, &transfer, None, admit::Word::Decline(" ".into())).await;
    assert!(silent.is_err(), "nobody is sent away without a reason");
    admit::answer(&engine, &transfer, None, admit::Word::Decline("We are full.".into())).await.unwrap();
    let (transfer, _) = new.run(&engine, &id).await;
    assert_eq!(transfer.state, TransferState::Discarded);
    let asked = applications::find(&new.app.store, &id).await.unwrap().unwrap();
    assert_eq!((asked.outcome.as_str(), asked.why.as_deref()), ("declined", Some("We are full.")));
    assert!(asked.account.is_empty() && asked.old_actor.is_empty() && asked.request.who.names.is_empty());
    let after = census(&new.app.store).await;
    let more: Vec<_> =
        after.iter().filter(|row| !before.contains(row)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(more, ["transfers", "audit"]);
}

#[tokio::test]
async fn over_the_limit_is_said_before_anything_is_fetched_and_fewer_kinds_may_come() {
    let new = NewHome::open().await;
    new.rule(|policy| policy.arrivals.terms.limits.media_bytes = Some(69)).await;
    let ann = new.account("ann").await;
    let engine = new.engine(three_posts_and_a_file());
    let id = new.transfer(&ann).await;
    choices::keep(&new.app.store, &id, Choices::default(), true).await.unwrap();
    let (transfer, _) = new.run(&engine, &id).await;
    assert_eq!(transfer.state, TransferState::AwaitingChoice);
    let refused = choose::begin(&engine, &transfer, Choices::default()).await.unwrap_err();
    assert!(refused.to_string().contains("of files of one account"), "{refused}");
    assert_eq!(new.found(&id).await.state, TransferState::AwaitingChoice);
    let posts = Choices { kinds: Some([CollectionKind::Content].into()), ..Choices::default() };
    choose::begin(&engine, &transfer, posts).await.unwrap();
    let (transfer, report) = new.run(&engine, &id).await;
    assert_eq!((transfer.state, report.items["posts"].destination), (TransferState::Trial, 3));
}

#[tokio::test]
async fn an_old_home_that_says_too_little_is_held_to_the_limit() {
    let new = NewHome::open().await;
    new.rule(|policy| policy.arrivals.terms.limits.posts = Some(2)).await;
    let ann = new.account("ann").await;
    let mut old = three_posts_and_a_file();
    old.announced.insert(CollectionKind::Content, 1);
    let (transfer, _) = new.copy(&ann, old).await;
    assert_eq!(transfer.state, TransferState::Failed);
    assert!(transfer.problem.unwrap().contains("more posts than the 2"));
    let bob = new.account("bob").await;
    new.rule(|policy| {
        policy.arrivals.terms.limits.posts = None;
        policy.arrivals.terms.limits.media_bytes = Some(50);
    })
    .await;
    let mut old = three_posts_and_a_file();
    old.outline = None;
    let (_, report) = new.copy(&bob, old).await;
    let media = report.items["media"];
    assert_eq!((media.destination, media.skipped), (1, 1), "{:?}", report.reasons);
}

#[tokio::test]
async fn a_file_claims_a_server_and_meets_the_rules_for_it() {
    let new = NewHome::open().await;
    new.rule(|policy| _ = policy.arrivals.terms.blocked.insert("old.example".into())).await;
    let ann = new.account("ann").await;
    let (transfer, _) = new.copy(&ann, three_posts_and_a_file()).await;
    assert_eq!(transfer.state, TransferState::Failed);
    assert!(transfer.problem.clone().unwrap().contains("takes nobody from old.example"));
    new.rule(|policy| policy.arrivals.terms.blocked.clear()).await;
    let engine = new.engine(three_posts_and_a_file());
    trial::retry(&engine, &transfer).await.unwrap();
    let (transfer, _) = new.run(&engine, &transfer.id).await;
    assert_eq!(transfer.state, TransferState::Trial, "a rule that was lifted is asked anew");
}

#[tokio::test]
async fn nobody_waits_for_ever_and_the_rules_of_the_past_can_be_played_again() {
    let new = NewHome::open().await;
    new.rule(|policy| policy.arrivals.terms.approval.always = true).await;
    let ann = new.account("ann").await;
    let engine = new.engine(three_posts_and_a_file());
    let id = new.transfer(&ann).await;
    let (transfer, _) = new.run(&engine, &id).await;
    let late = engine.clock.now_micros() + admit::PATIENCE + 1;
    let later = Engine { clock: Arc::new(Later(late)), ..engine.clone() };
    step::advance(&later, &transfer).await.unwrap();
    let (transfer, _) = new.run(&engine, &id).await;
    assert_eq!(transfer.state, TransferState::Discarded);
    let asked = applications::find(&new.app.store, &id).await.unwrap().unwrap();
    assert_eq!(asked.outcome, "timed_out");
    let mut open = policies::current(&new.app.store, &engine.policy).await.unwrap().policy;
    open.arrivals.terms.approval.always = false;
    let said = desk::what_if(&engine, &open).await.unwrap();
    assert_eq!((said.requests, said.begin, said.newly_let_in, said.posts), (1, 1, 1, 3));
    let names: BTreeSet<String> = asked.request.who.servers;
    assert_eq!(names, ["old.example".to_owned()].into(), "the server is counted on, without a name");
}

/// Takes nothing whose bytes hold this word.
struct Not(&'static str);

#[async_trait]
impl crate::port::scanner::Scanner for Not {
    async fn look(&self, path: &std::path::Path, _: &str) -> Result<Option<String>, AdapterError> {
        let text = std::fs::read_to_string(path).unwrap();
        Ok(text.contains(self.0).then(|| "it is not taken".to_owned()))
    }
}

#[tokio::test]
async fn what_the_scanner_refuses_is_left_out_with_its_reason_before_anybody_sees_it() {
    let new = NewHome::open().await;
    let ann = new.account("ann").await;
    let engine = Engine { scanner: Arc::new(Not("b.png")), ..new.engine(three_posts_and_a_file()) };
    let id = new.transfer(&ann).await;
    let (transfer, report) = new.run(&engine, &id).await;
    assert_eq!(transfer.state, TransferState::Trial, "{:?}", transfer.problem);
    let (posts, media) = (report.items["posts"], report.items["media"]);
    assert_eq!((posts.destination, media.destination, media.skipped), (3, 1, 1), "{:?}", report.reasons);
    assert!(report.reasons.iter().any(|line| line.why == "it is not taken"), "{:?}", report.reasons);
}

/// A clock that stands at a later moment.
struct Later(i64);

impl crate::port::clock::Clock for Later {
    fn now_micros(&self) -> i64 {
        self.0
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[tokio::test]
async fn admins_find_a_word_in_everything_an_applicant_wrote_and_are_told_how_far_was_looked() {
    let new = NewHome::open().await;
    new.rule(|policy| *policy = Preset::Careful.policy(policy)).await;
    let ann = new.account("ann").await;
    // Far more than a sample holds; the word stands in the last but one, in what only followers see, and in a file's words.
    let said = |n: u32| match n {
        7 => json!({"attachment": [{"type": "Document", "mediaType": "image/png", "name": "a Heron, asleep",
            "url": "https://old.example/heron.png"}]}),
        600 => json!({"to": format!("{OLD}/followers"), "content": "<p>a heron for friends</p>"}),
        899 => json!({"content": format!("<p>{} HERONS at last</p>", "words before it ".repeat(60))}),
        _ => json!({}),
    };
    let old = (0..9).fold(OldHome::new(), |old, page| {
        old.page(
            CollectionKind::Content,
            (1..=100).map(|n| post(page * 100 + n, said(page * 100 + n))).collect(),
        )
    });
    let engine = new.engine(old);
    let id = new.transfer(&ann).await;
    let (transfer, _) = new.run(&engine, &id).await;
    assert_eq!(transfer.state, TransferState::AwaitingApproval, "{:?}", transfer.problem);
    let words = search::words("heron, nothing-like-it");
    let look = async |from: Option<Cursor>, bounds: Bounds| {
        search::search(&engine, &transfer, &words, from, bounds).await.unwrap()
    };
    let whole = look(None, Bounds::of(&transfer)).await;
    assert_eq!((whole.looked, whole.posts.len(), whole.next), (899, 2, None), "{:?}", whole.posts);
    let texts: Vec<&str> = whole.posts.iter().map(|post| post["text"].as_str().unwrap()).collect();
    assert!(texts[0].contains("a Heron, asleep"), "{texts:?}");
    assert!(texts[1].starts_with('…') && texts[1].ends_with("HERONS at last"), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains("friends")), "{texts:?}");
    // A little at a time comes to the same, and says where it goes on.
    let little = Bounds { pages: 2, ..Bounds::of(&transfer) };
    let (mut looked, mut found, mut from, mut questions) = (0, 0, None, 0);
    loop {
        let some = look(from, little).await;
        questions += 1;
        looked += some.looked;
        found += some.posts.len();
        from = some.next;
        if from.is_none() {
            break;
        }
    }
    assert_eq!((looked, found, questions), (899, 2, 5));
    let first = look(None, Bounds { found: 1, ..Bounds::of(&transfer) }).await;
    assert!(first.posts.len() == 1 && first.next.is_some(), "{:?}", first.posts);
}
