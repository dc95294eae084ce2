//! What an owner set up to be left alone takes effect, and goes away when it is taken back.

use super::*;
use crate::{
    model::{
        belonging::{Belonging, Filter, FilterAction, FilterPlace, ListReplies, PeopleList, Phrase},
        collection::CollectionKind,
        item::ItemKind,
    },
    site::exports::Export,
};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn filter(word: &str, action: FilterAction) -> Belonging {
    Belonging::Filter(Filter {
        title: format!("about {word}"),
        phrases: vec![Phrase { text: word.to_owned(), is_whole_word: true }],
        places: vec![FilterPlace::Home],
        action,
        ends: None,
    })
}

impl Lab {
    /// What bob sees at home: each post's text, and the filter it is folded under.
    async fn home(&self) -> Vec<(String, Option<String>)> {
        let seen = self.site.timeline(&self.bob, 9).await.unwrap();
        seen.into_iter().map(|seen| (seen.object.content, seen.folded)).collect()
    }

    async fn keeps(&self, belonging: Belonging) {
        self.site.keep_belonging(&self.bob, belonging).await.unwrap();
    }

    async fn drops(&self, kind: ItemKind) {
        for kept in self.site.belongings(&self.bob, &[kind]).await.unwrap() {
            self.site.drop_belonging(&self.bob, kind, &kept.key).await.unwrap();
        }
    }

    async fn hears_a_post(&self) {
        self.hear(OLD, &said("Create", 1, OLD, &note("1", &[PUBLIC]))).await;
    }
}

#[tokio::test]
async fn muted_people_blocked_servers_and_filtered_words_are_not_shown_at_home() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.hears_a_post().await;
    let all = [("<p>hello</p>".to_owned(), None)];
    assert_eq!(lab.home().await, all);
    let mute = Belonging::Mute { actor: url(OLD), hides_notifications: true, ends: None };
    let domain = Belonging::DomainBlock { domain: "old.example".to_owned() };
    for hiding in [mute, domain, filter("HELLO", FilterAction::Hide)] {
        let kind = hiding.kind();
        lab.keeps(hiding).await;
        assert_eq!(lab.home().await, [], "{}", kind.as_str());
        lab.drops(kind).await;
        assert_eq!(lab.home().await, all, "{}", kind.as_str());
    }
    lab.keeps(filter("hello", FilterAction::Warn)).await;
    assert_eq!(lab.home().await, [("<p>hello</p>".to_owned(), Some("about hello".to_owned()))]);
    lab.drops(ItemKind::Filters).await;
    lab.keeps(filter("hell", FilterAction::Hide)).await;
    assert_eq!(lab.home().await, all, "a whole word is not found inside another");
}

#[tokio::test]
async fn a_mute_that_has_ended_hides_nothing() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.hears_a_post().await;
    let ends = Some(crate::model::moment::Moment::from_micros(lab.site.clock.now_micros() - 1));
    lab.keeps(Belonging::Mute { actor: url(OLD), hides_notifications: true, ends }).await;
    assert_eq!(lab.home().await.len(), 1);
    let screen = lab.site.screen(&lab.bob).await.unwrap();
    assert!(screen.hears(&url(OLD)));
}

#[tokio::test]
async fn a_blocked_server_may_neither_follow_nor_write() {
    let lab = lab().await;
    let bob = "https://home.example/users/bob";
    lab.keeps(Belonging::DomainBlock { domain: "old.example".to_owned() }).await;
    lab.hear(OLD, &said("Follow", 1, OLD, &json!(bob))).await;
    assert_eq!(lab.kinds().await, ["Reject"]);
    lab.follows(&lab.bob, OLD, "accepted").await;
    let create = said("Create", 2, OLD, &note("1", &[PUBLIC, bob]));
    assert!(matches!(lab.hear(OLD, &create).await, Received::Ignored(_)));
    assert!(lab.notices(&lab.bob).await.is_empty());
}

#[tokio::test]
async fn a_list_shows_those_on_it_and_an_exclusive_one_keeps_them_from_home() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.hears_a_post().await;
    let list = |is_exclusive| {
        let members = vec![url(OLD)];
        Belonging::List(PeopleList { title: "Old".into(), members, replies: ListReplies::None, is_exclusive })
    };
    for (is_exclusive, at_home) in [(false, 1), (true, 0)] {
        lab.keeps(list(is_exclusive)).await;
        let (_, seen) = lab.site.list_timeline(&lab.bob, "Old", 9).await.unwrap().unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!(lab.home().await.len(), at_home);
    }
    assert!(lab.site.list_timeline(&lab.bob, "Other", 9).await.unwrap().is_none());
}

#[tokio::test]
async fn those_who_block_somebody_are_not_among_the_followed_that_leave() {
    let lab = lab().await;
    lab.follows(&lab.bob, OLD, "accepted").await;
    lab.follows(&lab.bob, NEW, "accepted").await;
    let export = Export { account: lab.bob.clone(), includes_private: true };
    let leaving = async || {
        let page = lab.site.export_page(&export, CollectionKind::Following, None, 9).await.unwrap();
        let count = lab.site.export_count(&export, CollectionKind::Following).await.unwrap();
        assert_eq!(u64::try_from(page.items.len()).unwrap(), count);
        page.items.into_iter().map(|item| item.key().as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(leaving().await, [NEW, OLD]);
    let block = said("Block", 1, OLD, &json!("https://home.example/users/bob"));
    assert_eq!(lab.hear(OLD, &block).await, Received::Done);
    assert_eq!(leaving().await, [NEW]);
    lab.hear(OLD, &said("Undo", 2, OLD, &block)).await;
    assert_eq!(leaving().await, [NEW, OLD]);
}
