//! A look that finds nothing costs next to nothing, at either home.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::future::BoxFuture;
use godwit::{
    model::pass::Found,
    transfer::{look, step},
};

use super::{both::Tables, deltas::copied, openings::Stage, tables::texts, watched};

/// Requests of one look at most: the actor, the inventory, and whose key signed it.
const MOST_REQUESTS: usize = 3;

#[actix_web::test]
async fn a_look_that_finds_nothing_makes_few_requests_and_leaves_the_copy_untouched() {
    let stage = Stage::of_ours(&Tables::Sqlite).await;
    let copy = copied(&stage.old, &stage.new, &stage.ann, "eve").await;
    let sent = Arc::new(AtomicUsize::new(0));
    let counts = sent.clone();
    let look = move |_: &_| -> BoxFuture<'static, ()> {
        counts.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    };
    let engine = watched::engine(&stage.old, &stage.new, Box::new(look)).await;
    let written = async || {
        let sql = "select transfer_id, profile from waiting_profiles union all select key, state from items \
                   union all select kind, document from transfer_inventories cross join (select '' as kind) x \
                   union all select occasion, document from certificates order by 1, 2";
        texts(&stage.new, sql.to_owned()).await
    };
    let before = written().await;
    for _twice in 0..2 {
        sent.store(0, Ordering::SeqCst);
        look::ask(&engine, &copy.transfer().await).await.unwrap();
        step::advance(&engine, &copy.transfer().await).await.unwrap();
        assert_eq!(copy.pass().await.found, Found::default());
        let sent = sent.load(Ordering::SeqCst);
        assert!((1..=MOST_REQUESTS).contains(&sent), "{sent} requests");
        assert_eq!(written().await, before);
    }
}
