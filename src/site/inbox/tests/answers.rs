//! Where others answered is known as an address, as far as it is open to everybody.

use super::*;
use crate::{
    model::{collection::CollectionKind, item::Item, object::Visibility},
    site::{
        exports::Export,
        posts::{Draft, Found, Post},
        viewer::Viewer,
    },
};

async fn answered(lab: &Lab) -> (Url, Post) {
    let draft = Draft {
        text: "a question".into(),
        visibility: Visibility::Public,
        warning: String::new(),
        in_reply_to: None,
    };
    let object = lab.site.write_post(&lab.bob, draft).await.unwrap();
    let id = object.id.path_segments().unwrap().next_back().unwrap().to_owned();
    let Found::Post(post) = lab.site.find_post(&lab.bob, &id, &Viewer::Stranger).await.unwrap() else {
        panic!()
    };
    (object.id, *post)
}

async fn answer(lab: &Lab, number: u32, parent: &Url, to: &[&str]) {
    let mut answer = note(&number.to_string(), to);
    answer["inReplyTo"] = json!(parent);
    lab.hear(OLD, &said("Create", number, OLD, &answer)).await;
}

async fn exported(lab: &Lab) -> Vec<String> {
    let export = Export { account: lab.bob.clone(), includes_private: true };
    let page = lab.site.export_page(&export, CollectionKind::Content, None, 10).await.unwrap();
    let Item::Post(post) = &page.items[0] else { panic!() };
    post.answers.iter().map(Url::to_string).collect()
}

#[tokio::test]
async fn an_open_answer_is_known_by_its_address_until_it_is_gone() {
    let lab = lab().await;
    let (id, post) = answered(&lab).await;
    let bob = "https://home.example/users/bob";
    answer(&lab, 1, &id, &[PUBLIC, bob]).await;
    answer(&lab, 2, &id, &[bob]).await;
    let open = format!("{OLD}/notes/1");
    let shown: Vec<String> =
        lab.site.answers_elsewhere(&post).await.unwrap().into_iter().map(String::from).collect();
    assert_eq!(shown, [open.as_str()], "what was meant for few is named to nobody");
    assert_eq!(exported(&lab).await, [open.as_str()]);
    lab.hear(OLD, &said("Delete", 3, OLD, &json!(open))).await;
    assert_eq!(exported(&lab).await, [""; 0]);
}

#[tokio::test]
async fn an_answer_of_somebody_who_is_blocked_is_not_named() {
    let lab = lab().await;
    let (id, post) = answered(&lab).await;
    let bob = "https://home.example/users/bob";
    answer(&lab, 1, &id, &[PUBLIC, bob]).await;
    lab.blocks(&lab.bob, OLD).await;
    answer(&lab, 2, &id, &[PUBLIC, bob]).await;
    assert!(lab.site.answers_elsewhere(&post).await.unwrap().is_empty());
    assert_eq!(exported(&lab).await, [""; 0]);
}
