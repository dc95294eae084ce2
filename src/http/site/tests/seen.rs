//! Who sees what: strangers, neighbours, owners, admins.

use super::{ACTIVITY, HIDDEN, HTML, house};
use crate::{
    model::object::Visibility,
    site::{
        lists::{Entry, Shelf},
        posts::Draft,
        viewer::Viewer,
    },
};

#[actix_web::test]
async fn a_stranger_and_a_neighbour_see_nothing_private_or_on_trial_anywhere() {
    let house = house().await;
    let id = house.first.id.path().to_owned();
    let page = house.first.url.as_ref().unwrap().path().to_owned();
    let lists = [
        ("/users/ann/outbox?cursor=first", ACTIVITY, "wordunlisted"),
        (&format!("{id}/replies"), ACTIVITY, "posts/"),
        (&id, ACTIVITY, "the first"),
        ("/@ann/with_replies", HTML, "wordunlisted"),
        ("/@ann", HTML, "the first"),
        (&page, HTML, "wordunlisted"),
        ("/@ann/media", HTML, "the first"),
        ("/tags/birds", HTML, "wordpublic"),
        ("/search?q=WORD", HTML, "wordpublic"),
        ("/@ann.rss", HTML, "the first"),
        ("/users/ann/liked", ACTIVITY, "totalItems"),
    ];
    for who in [None, Some("bob")] {
        for (path, accept, there) in lists {
            let answer = house.get(path, accept, who).await;
            assert!(answer.text.contains(there), "{path} {}", answer.text);
            for word in HIDDEN {
                assert!(!answer.text.contains(word), "{word} shows at {path} to {who:?}");
            }
            assert!(!answer.text.contains("secretlike"), "{path}");
        }
        let listed = house.get("/search?q=word", HTML, who).await;
        assert!(!listed.text.contains("wordunlisted"), "unlisted posts stay out of search");
        let outbox = house.get("/users/ann/outbox", ACTIVITY, who).await.json();
        assert_eq!(outbox["totalItems"], 3);
    }
}

#[actix_web::test]
async fn the_owner_sees_everything_and_nothing_of_it_is_cached() {
    let house = house().await;
    let outbox = house.get("/users/ann/outbox?cursor=first", ACTIVITY, Some("ann")).await;
    for word in HIDDEN {
        assert!(outbox.text.contains(word), "{word} is missing");
    }
    assert!(outbox.text.contains("?view="), "private files need a signed view");
    assert_eq!(outbox.header("cache-control"), "private, no-store");
    assert!(outbox.header("vary").contains("Cookie"));
    assert_eq!(house.get("/users/ann/outbox", ACTIVITY, Some("ann")).await.json()["totalItems"], 7);
    let page = house.get("/@ann/with_replies", HTML, Some("ann")).await.text;
    assert!(page.contains("copy: only you see this") && page.contains("secretboost"));
    assert!(!page.contains("<script"), "copied markup is cleaned");
    assert_eq!(house.get("/users/ann/liked", ACTIVITY, Some("ann")).await.json()["totalItems"], 1);
}

#[actix_web::test]
async fn an_admin_may_look_at_copies_on_trial_but_not_at_private_posts() {
    let house = house().await;
    let page = house.get("/@ann/with_replies", HTML, Some("root")).await.text;
    assert!(page.contains("wordtrial"));
    assert!(!page.contains("worddirect") && !page.contains("wordfollowers"));
}

#[actix_web::test]
async fn answering_does_not_reveal_whether_a_hidden_post_exists() {
    let house = house().await;
    let bob = house.app.site.account_named("bob").await.unwrap().unwrap();
    let viewer = Viewer::Owner(house.ann.id.clone());
    let shelf = Shelf::Everything;
    let all = house.app.site.entries(&house.ann, &viewer, shelf, None, 40).await.unwrap();
    let hidden = all.items.iter().find_map(|entry| match entry {
        Entry::Post(post) if post.object.visibility == Visibility::Direct => Some(&post.object.id),
        _ => None,
    });
    let nowhere = house.app.site.urls.post("ann", "none");
    for parent in [hidden.unwrap(), &nowhere] {
        let draft = Draft {
            text: "hm".into(),
            visibility: Visibility::Public,
            warning: String::new(),
            in_reply_to: Some(parent.clone()),
        };
        let refused = house.app.site.write_post(&bob, draft).await.unwrap_err();
        assert!(refused.to_string().contains("no such post"));
    }
}
