//! Somebody moves on: whoever asks their first home is sent to their present one, in one step.

use crate::{
    lab::{
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
        roads::{addresses, lead, until_moved_to},
    },
    sample,
};

/// Three homes with an account each; what the sample brings is at the first.
fn three() -> [Home; 3] {
    let places = [crate::lab::address(), crate::lab::address(), crate::lab::address()];
    let reachable: Vec<&str> = places.iter().map(String::as_str).collect();
    let mut homes = [0, 1, 2].map(|at| Home::new(&places[at], &reachable, OPEN));
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    for home in &homes {
        home.account("ann");
    }
    homes[0].import(&archive, "ann");
    homes.iter_mut().for_each(Home::start);
    homes
}

/// Moves from one home to another, and says that nothing was lost.
async fn moved(from: &Home, to: &Home) -> Mover {
    let mover = Mover::new(from, to, "ann").await;
    let id = mover.copy().await;
    comes_out_even(&mover.announce(&id).await);
    mover
}

/// Writes a public post at a home.
async fn writes(person: &Browser, home: &Home, text: &str) {
    let page = person.get(&home.at("/home"), PAGES).await;
    let answer = person.submit(&page.form("text").fill("text", text).unwrap()).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
}

#[tokio::test]
async fn who_comes_back_brings_only_what_is_new_and_no_two_homes_send_visitors_to_each_other() {
    let [mut a, mut b, mut c] = three();
    let stranger = Browser::new();
    let originals = addresses(&a).await;
    let first = moved(&a, &b).await;
    writes(&first.browser, &b, "Written at the second home").await;
    let of_b = addresses(&b).await;
    let second = moved(&b, &c).await;
    until_moved_to(&first.browser, &a, &c.actor("ann")).await;
    writes(&second.browser, &c, "Written at the third home").await;
    let of_c = addresses(&c).await;
    assert_eq!(of_c.open.len(), originals.open.len() + 2);

    let back = Mover::new(&c, &a, "ann").await;
    let id = back.copy().await;
    let status = back.status(&id, None).await;
    comes_out_even(&status);
    assert_eq!(count(&status, "posts", "destination"), 2, "only what is new: {status:#}");
    assert_eq!(count(&status, "media", "destination"), 0, "{status:#}");
    lead(&stranger, &originals, Some(&c)).await;
    comes_out_even(&back.announce(&id).await);
    until_moved_to(&second.browser, &b, &a.actor("ann")).await;

    let now = addresses(&a).await;
    assert_eq!(now.open.len(), originals.open.len() + 2, "nothing is there twice");
    assert_eq!((now.boosts.len(), now.files.len()), (originals.boosts.len(), originals.files.len()));
    assert!(
        originals.open.iter().all(|address| now.open.contains(address)),
        "the originals are the old ones"
    );
    assert_eq!(lead(&stranger, &now, None).await, 0, "the first home answers itself again");
    for former in [&of_b, &of_c] {
        let all = 2 * former.open.len() + former.boosts.len() + former.files.len();
        assert_eq!(lead(&stranger, former, Some(&a)).await, all);
    }
    let actor = stranger.get(&a.actor("ann"), ACTIVITY).await.good();
    assert!(actor["movedTo"].is_null(), "{actor:#}");
    assert!(a.is_well() && b.is_well() && c.is_well());
}

#[tokio::test]
async fn old_addresses_of_every_home_lead_to_the_present_one_in_one_step() {
    let [mut a, mut b, mut c] = three();
    let stranger = Browser::new();
    let of_a = addresses(&a).await;
    assert!(of_a.open.len() > 15 && !of_a.files.is_empty() && of_a.hidden.len() > 2, "{of_a:?}");
    let first = moved(&a, &b).await;
    let all = lead(&stranger, &of_a, Some(&b)).await;
    assert_eq!(all, 2 * of_a.open.len() + of_a.boosts.len() + of_a.files.len());

    let of_b = addresses(&b).await;
    moved(&b, &c).await;
    until_moved_to(&first.browser, &a, &c.actor("ann")).await;
    assert_eq!(lead(&stranger, &of_a, Some(&c)).await, all, "from the first home");
    assert_eq!(lead(&stranger, &of_b, Some(&c)).await, all, "from the second");
    assert_eq!(lead(&stranger, &addresses(&c).await, None).await, 0, "the present one answers itself");
    let actor = stranger.get(&c.actor("ann"), ACTIVITY).await.good();
    for earlier in [&a, &b] {
        assert!(actor["alsoKnownAs"].to_string().contains(&earlier.actor("ann")), "{actor:#}");
        assert!(earlier.log().lines().all(|line| !line.contains("ERROR")), "{}", earlier.log());
    }
    assert!(a.is_well() && b.is_well() && c.is_well());
}
