//! Somebody moves on: whoever asks their first home is sent to their present one, in one step.

use crate::{
    lab::{
        browser::{ACTIVITY, Browser},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even},
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
