//! An old home that changes whenever it is looked at.

use std::collections::BTreeSet;

use futures::{FutureExt, future::BoxFuture};
use godwit::{
    model::{object::Visibility, pass::PassState},
    port::remote::Request,
    site::posts::Draft,
    transfer::{look, step},
};

use super::{both::Tables, deltas::copied, openings::Stage, watched};

#[actix_web::test]
async fn a_look_at_a_home_that_keeps_changing_ends_says_so_and_loses_nothing() {
    let stage = Stage::of_ours(&Tables::Sqlite).await;
    let copy = copied(&stage.old, &stage.new, &stage.ann, "eve").await;
    let (site, ann) = (stage.old.app.site.clone(), stage.ann.clone());
    let writes = move |request: &Request| -> BoxFuture<'static, ()> {
        if !request.url.path().ends_with("/inventory") {
            return Box::pin(std::future::ready(()));
        }
        let (site, ann) = (site.clone(), ann.clone());
        let (text, visibility) = ("once more".into(), Visibility::Public);
        let draft = Draft { text, visibility, warning: String::new(), in_reply_to: None };
        async move { drop(site.write_post(&ann, draft).await.unwrap()) }.boxed()
    };
    let engine = watched::engine(&stage.old, &stage.new, Box::new(writes)).await;
    look::ask(&engine, &copy.transfer().await).await.unwrap();
    step::advance(&engine, &copy.transfer().await).await.unwrap();
    let pass = copy.pass().await;
    assert_eq!(pass.state, PassState::Done);
    assert!(pass.problem.clone().unwrap().contains("changed every time"), "{pass:?}");
    assert!(pass.rounds > 2, "it is looked at again: {pass:?}");
    assert_eq!(pass.found.added, u64::from(pass.rounds), "each round brings what was written before it");
    assert_eq!(copy.look().await.problem, None, "a quiet look ends it");
    copy.is_as_if_made_now("restless", &BTreeSet::new()).await;
}
