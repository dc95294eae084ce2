//! An account whose name is only held: there for its owner, for everybody else like a name nobody has.

use actix_web::{http::StatusCode, test};

use super::{ACTIVITY, HTML, PASSWORD, house};
use crate::{
    model::object::Visibility,
    site::{SiteError, posts::Draft},
    store::held_names,
};

#[actix_web::test]
async fn an_account_whose_name_is_held_answers_like_a_name_that_nobody_has() {
    let house = house().await;
    let (site, until) = (&house.app.site, house.app.clock.now_micros() + held_names::AT_FIRST);
    let eli = site.sign_up(("eli", PASSWORD), "here", None, Some(until)).await.unwrap();
    for who in [None, Some("bob")] {
        for (path, accept) in [
            ("/users/{}", ACTIVITY),
            ("/users/{}", HTML),
            ("/@{}", HTML),
            ("/@{}/with_replies", HTML),
            ("/users/{}/outbox", ACTIVITY),
            ("/.well-known/webfinger?resource=acct:{}@social.example", ACTIVITY),
        ] {
            let held = house.get(&path.replace("{}", "eli"), accept, who).await;
            let nobody = house.get(&path.replace("{}", "nobody"), accept, who).await;
            assert_eq!((held.status, held.text), (nobody.status, nobody.text), "{path} to {who:?}");
            assert_eq!(held.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    assert_eq!(house.get("/@eli", HTML, Some("eli")).await.status, StatusCode::OK);
    assert!(matches!(site.name_is_free("Eli").await, Err(SiteError::Refused(_))), "and still it is taken");
    let draft = Draft {
        text: "hello".to_owned(),
        visibility: Visibility::Public,
        warning: String::new(),
        in_reply_to: None,
    };
    assert!(matches!(site.write_post(&eli, draft).await, Err(SiteError::Refused(_))));
    held_names::settle(&house.app.store, &eli.id).await.unwrap();
    let shown =
        house.ask(test::TestRequest::get().uri("/users/eli").insert_header(("accept", ACTIVITY)), None);
    assert_eq!(shown.await.status, StatusCode::OK);
}
