//! What a copied post says of how far it is vouched for, and what is left when its owner has gone.

use super::*;
use crate::{
    site::viewer::Viewer,
    store::{
        deliveries, items,
        listing::{self, Wanted},
        transfers, url_map,
    },
    transfer::trial,
};

/// The document of the one post of an account, as strangers read it.
async fn document(new: &NewHome) -> Option<Value> {
    let mut c = new.app.store.reader().await.unwrap();
    let sql = "select id from posts where deleted_at is null order by id limit 1";
    let (id,) = crate::store::row!(&mut c, (String,), sql).unwrap()?;
    drop(c);
    let ann = new.app.site.account_named("ann").await.unwrap().unwrap();
    match new.app.site.find_post(&ann, &id, &Viewer::Stranger).await.unwrap() {
        crate::site::posts::Found::Post(post) => {
            Some(new.app.site.post_document(&post.object, &Viewer::Stranger).await.unwrap())
        }
        _ => None,
    }
}

/// Keeps the copy of a post in a certain way.
async fn kept(new: &NewHome, ann: &Account, is_quiet: bool) -> TransferId {
    let old = OldHome::new().page(CollectionKind::Content, vec![post(1, json!({"cc": []}))]);
    let (transfer, _) = new.copy(ann, old).await;
    if is_quiet {
        trial::keep_quietly(&new.app.engine, &transfer).await.unwrap();
    } else {
        trial::keep(&new.app.engine, &transfer).await.unwrap();
    }
    let keeping = transfers::find(&new.app.store, &transfer.id).await.unwrap().unwrap();
    step::advance(&new.app.engine, &keeping).await.unwrap();
    transfer.id
}

#[tokio::test]
async fn a_post_from_a_file_says_that_nobody_confirmed_it_and_a_quiet_copy_says_nothing() {
    for is_quiet in [false, true] {
        let new = NewHome::open().await;
        let ann = new.account("ann").await;
        kept(&new, &ann, is_quiet).await;
        let document = document(&new).await.unwrap();
        let grade = document.get("provenance").and_then(Value::as_str);
        assert_eq!(grade, (!is_quiet).then_some("file"), "{document:#}");
        assert_eq!(document.get("previously").is_some(), !is_quiet);
        // Whoever knows nothing of it reads the same post.
        assert_eq!(wire::object::read(&document, None).unwrap().content, "<p>post 1</p>");
    }
}

#[tokio::test]
async fn whoever_deletes_all_data_leaves_the_map_and_nothing_that_was_gathered() {
    let new = NewHome::open().await;
    let (ann, bob) = (new.account("ann").await, new.account("bob").await);
    let id = kept(&new, &ann, false).await;
    let (other, _) =
        new.copy(&bob, OldHome::new().page(CollectionKind::Content, vec![post(1, json!({}))])).await;
    let store = &new.app.store;
    let map = url_map::counts(store, &id).await.unwrap();
    let told = deliveries::due(store, i64::MAX, 99, 99).await.unwrap().len();
    let gathered = async || listing::page(store, &id, &Wanted::default(), 99).await.unwrap();
    let before = gathered().await;
    new.app.site.empty(&ann).await.unwrap();
    let left = gathered().await;
    assert_eq!((left.len(), left[0].new.clone()), (1, before[0].new.clone()), "only where it went is known");
    assert_ne!(left[0].content, before[0].content, "what was gathered is gone");
    assert_eq!(url_map::counts(store, &id).await.unwrap(), map);
    assert!(map.0 > 0);
    assert_eq!(deliveries::due(store, i64::MAX, 99, 99).await.unwrap().len(), told, "nobody is told");
    assert!(transfers::report(store, &id).await.unwrap().is_some(), "the numbers stay");
    assert!(!items::counts(store, &other.id).await.unwrap().is_empty(), "another's copy is another's");
    assert!(new.app.site.account_named("ann").await.unwrap().is_some(), "who proves the move stays");
    assert!(
        new.app.site.create_account("ann", "another password", Role::Member).await.is_err(),
        "its name, too"
    );
}
