//! Once around with a thousand posts: from the first home over a second and a third back to the first.
//! At every stage every address of every home is answered in one step, and nothing is there twice.

use crate::{
    lab::{
        archive,
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN, Settings},
        mover::{Mover, comes_out_even, count},
        roads::{Addresses, addresses, lead, until_moved_to},
    },
    onward::writes,
};

/// Posts at the first home, and how many of them show a file.
const POSTS: usize = 1_000;
const FILES: usize = 60;

/// Moves; gives the mover and the status at the end.
async fn moved(from: &Home, to: &Home) -> (Mover, serde_json::Value) {
    let mover = Mover::new(from, to, "ann").await;
    let id = mover.copy().await;
    let status = mover.announce(&id).await;
    comes_out_even(&status);
    (mover, status)
}

/// How many requests [`lead`] sends on when all of these lead away.
fn all(of: &Addresses) -> usize {
    2 * of.open.len() + of.boosts.len() + of.files.len()
}

#[tokio::test]
async fn a_thousand_posts_go_around_and_come_home_and_no_address_is_lost() {
    let places = [crate::lab::address(), crate::lab::address(), crate::lab::address()];
    let reachable: Vec<&str> = places.iter().map(String::as_str).collect();
    let settings = Settings { page_items: 200, ..OPEN };
    let [mut a, mut b, mut c] = [0, 1, 2].map(|at| Home::new(&places[at], &reachable, settings));
    for home in [&a, &b, &c] {
        home.account("ann");
    }
    let dir = tempfile::tempdir().unwrap();
    a.import(&archive::write(dir.path(), POSTS, FILES), "ann");
    for home in [&mut a, &mut b, &mut c] {
        home.start();
    }
    let stranger = Browser::new();

    let of_a = addresses(&a).await;
    assert_eq!((of_a.open.len(), of_a.files.len()), (POSTS, FILES));
    assert_eq!(lead(&stranger, &of_a, None).await, 0);

    let (first, status) = moved(&a, &b).await;
    assert_eq!(count(&status, "posts", "destination"), 1_000);
    assert_eq!(lead(&stranger, &of_a, Some(&b)).await, all(&of_a));
    writes(&first.browser, &b, "Written at the second home").await;
    let of_b = addresses(&b).await;
    assert_eq!((of_b.open.len(), of_b.files.len()), (POSTS + 1, FILES));

    let (second, status) = moved(&b, &c).await;
    assert_eq!(count(&status, "posts", "destination"), 1_001);
    until_moved_to(&first.browser, &a, &c.actor("ann")).await;
    assert_eq!(lead(&stranger, &of_a, Some(&c)).await, all(&of_a));
    assert_eq!(lead(&stranger, &of_b, Some(&c)).await, all(&of_b));
    writes(&second.browser, &c, "Written at the third home").await;
    let of_c = addresses(&c).await;
    assert_eq!((of_c.open.len(), of_c.files.len()), (POSTS + 2, FILES));

    let (_, status) = moved(&c, &a).await;
    assert_eq!(count(&status, "posts", "source"), 1_002);
    assert_eq!(count(&status, "posts", "destination"), 2, "only what is new is written");
    assert_eq!(count(&status, "media", "destination"), 0, "no file is fetched again");
    until_moved_to(&second.browser, &b, &a.actor("ann")).await;
    let home = addresses(&a).await;
    assert_eq!((home.open.len(), home.files.len()), (POSTS + 2, FILES), "nothing is there twice");
    assert_eq!(lead(&stranger, &home, None).await, 0);
    assert_eq!(lead(&stranger, &of_b, Some(&a)).await, all(&of_b));
    assert_eq!(lead(&stranger, &of_c, Some(&a)).await, all(&of_c));
    for path in ["/users/ann", "/@ann"] {
        let accept = if path == "/@ann" { PAGES } else { ACTIVITY };
        assert_eq!(stranger.get(&a.at(path), accept).await.status, 200);
    }
    assert!(a.is_well() && b.is_well() && c.is_well());
}
