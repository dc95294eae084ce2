//! Somebody moves on: whoever asks their first home is sent to their present one, in one step.

use crate::{
    both::{Tables, on_both},
    forms::forms,
    lab::{
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN, password},
        mover::{Mover, comes_out_even, count},
        roads::{addresses, lead, until_moved_to},
    },
    sample,
};

on_both! {
    tokio::test =>
    who_comes_back_brings_only_what_is_new_and_no_two_homes_send_visitors_to_each_other;
    old_addresses_of_every_home_lead_to_the_present_one_in_one_step,
    a_first_home_leads_on_although_nothing_is_left_at_the_second,
    where_the_second_home_is_gone_the_owners_word_leads_old_addresses_on,
    a_home_that_never_heard_of_the_first_one_is_told_of_it_by_the_owner,
}

/// Three homes with an account each; what the sample brings is at the first.
fn three(tables: &Tables) -> [Home; 3] {
    let places = [crate::lab::address(), crate::lab::address(), crate::lab::address()];
    let reachable: Vec<&str> = places.iter().map(String::as_str).collect();
    let mut homes = [0, 1, 2].map(|at| Home::new(&places[at], &reachable, OPEN));
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    for home in &mut homes {
        home.use_database(&tables.address(), OPEN);
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
pub async fn writes(person: &Browser, home: &Home, text: &str) {
    let page = person.get(&home.at("/home"), PAGES).await;
    let answer = person.submit(&page.form("text").fill("text", text).unwrap()).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
}

async fn who_comes_back_brings_only_what_is_new_and_no_two_homes_send_visitors_to_each_other(tables: Tables) {
    let [mut a, mut b, mut c] = three(&tables);
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

/// The accounts that a home lists as having moved to its Ann, as a reader of FEP-1580 finds them.
async fn moved_here(stranger: &Browser, home: &Home) -> Vec<String> {
    let list = stranger.get(&home.at("/users/ann/migration"), ACTIVITY).await.good();
    let moves = stranger.get(list["moves"].as_str().unwrap(), ACTIVITY).await.good();
    let items = moves["orderedItems"].as_array().unwrap();
    assert!(items.iter().all(|item| item["target"] == home.actor("ann")), "{moves:#}");
    items.iter().map(|item| item["object"].as_str().unwrap().to_owned()).collect()
}

async fn old_addresses_of_every_home_lead_to_the_present_one_in_one_step(tables: Tables) {
    let [mut a, mut b, mut c] = three(&tables);
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
    assert_eq!(moved_here(&stranger, &b).await, [a.actor("ann")]);
    assert_eq!(moved_here(&stranger, &c).await, [b.actor("ann")]);
    for earlier in [&a, &b] {
        assert!(actor["alsoKnownAs"].to_string().contains(&earlier.actor("ann")), "{actor:#}");
        assert!(earlier.log().lines().all(|line| !line.contains("ERROR")), "{}", earlier.log());
    }
    assert!(a.is_well() && b.is_well() && c.is_well());
}

async fn a_first_home_leads_on_although_nothing_is_left_at_the_second(tables: Tables) {
    let [mut a, mut b, mut c] = three(&tables);
    let stranger = Browser::new();
    let of_a = addresses(&a).await;
    let first = moved(&a, &b).await;
    let of_b = addresses(&b).await;
    let mover = Mover::new(&b, &c, "ann").await;
    let id = mover.copy().await;
    mover.hand_over(&id).await;
    for address in &of_b.open {
        let page = mover.browser.visit(address).await;
        let found = forms(&page.text(), &page.url);
        let form = found.iter().find(|form| form.action.path().ends_with("/delete")).unwrap();
        let answer = mover.browser.submit(form).await;
        assert_eq!(answer.status, 303, "{address}: {}", answer.words());
    }
    assert_eq!(mover.last_word().await.status, 303);
    until_moved_to(&first.browser, &a, &c.actor("ann")).await;
    lead(&stranger, &of_a, Some(&c)).await;
    lead(&stranger, &of_b, Some(&c)).await;
    assert!(a.is_well() && b.is_well() && c.is_well());
}

async fn where_the_second_home_is_gone_the_owners_word_leads_old_addresses_on(tables: Tables) {
    let [mut a, mut b, mut c] = three(&tables);
    let stranger = Browser::new();
    let of_a = addresses(&a).await;
    moved(&a, &b).await;
    let mover = Mover::new(&b, &c, "ann").await;
    let id = mover.copy().await;
    mover.hand_over(&id).await;
    b.kill();

    let owner = Mover::new(&a, &c, "ann").await;
    let page = owner.browser.get(&a.at("/departures/ann/onward"), PAGES).await;
    let here = format!("@ann@{}", c.authority);
    let form = page.form("handle").fill("handle", &here).unwrap();
    let wrong = owner.browser.submit(&form.clone().fill("password", "not the password").unwrap()).await;
    assert!(wrong.words().contains("Nothing was changed"), "{}", wrong.words());
    let said = owner.browser.submit(&form.fill("password", &password("ann")).unwrap()).await;
    assert_eq!(said.status, 303, "{}", said.words());
    until_moved_to(&owner.browser, &a, &c.actor("ann")).await;
    lead(&stranger, &of_a, Some(&c)).await;
    assert!(a.is_well() && c.is_well());
}

async fn a_home_that_never_heard_of_the_first_one_is_told_of_it_by_the_owner(tables: Tables) {
    let [mut a, mut b, mut c] = three(&tables);
    moved(&a, &b).await;
    let owner = Mover::new(&a, &c, "ann").await;
    let page = owner.browser.get(&c.at("/former-homes"), PAGES).await;
    let name = |authority: &str| format!("@ann@{authority}");
    let not_moved =
        owner.browser.submit(&page.form("handle").fill("handle", &name(&b.authority)).unwrap()).await;
    assert!(not_moved.words().contains("has not moved away"), "{}", not_moved.words());
    let said = owner.browser.submit(&page.form("handle").fill("handle", &name(&a.authority)).unwrap()).await;
    let way = said.text().contains(&format!("{}/departures/ann/onward", a.origin));
    assert!(way, "the way to the first home is shown: {}", said.words());
    let actor = owner.browser.get(&c.actor("ann"), ACTIVITY).await.good();
    assert!(actor["alsoKnownAs"].to_string().contains(&a.actor("ann")), "{actor:#}");
    assert!(a.is_well() && b.is_well() && c.is_well());
}
