//! The admins' rules about who may come and go, each way, on the page and in the API.

use serde_json::json;

use crate::lab::{
    browser::{Answer, PAGES},
    home::{Home, OPEN, Settings},
    mover::Mover,
};

/// Two running homes with Ann at both.
async fn homes() -> ([Home; 2], Mover) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    for home in [&mut old, &mut new] {
        home.account("ann");
        home.start();
    }
    let mover = Mover::new(&old, &new, "ann").await;
    ([old, new], mover)
}

/// Gives a home another configuration.
fn restart(home: &mut Home, settings: Settings<'_>) {
    home.kill();
    home.configure(settings);
    home.start();
}

/// Types the handle into the box of New home's page.
async fn type_handle(mover: &Mover, new: &Home, old: &Home) -> Answer {
    let page = mover.browser.get(&new.at("/transfers/new"), PAGES).await;
    let form = page.form("handle").fill("handle", &format!("@ann@{}", old.authority)).unwrap();
    mover.browser.submit(&form).await
}

#[tokio::test]
async fn arrivals_are_refused_with_the_rule_and_allowed_by_it() {
    let ([old, mut new], mover) = homes().await;
    let handle = format!("@ann@{}", old.authority);
    for (rule, words) in [
        ("\"nobody\"", format!("{} accepts accounts from nobody at present", new.authority)),
        ("[\"other.example\"]", format!("certain servers only, and {} is not among them", old.authority)),
        ("[]", "Allowed: none yet".to_owned()),
    ] {
        restart(&mut new, Settings { arrivals: rule, ..OPEN });
        let answer = mover.try_asking(&handle).await;
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, 422);
        assert!(detail.contains(&words), "{rule}: {detail}");
        let page = type_handle(&mover, &new, &old).await;
        assert_eq!((page.status, page.location()), (422, None));
        assert!(page.text().contains(&words), "{rule}: {}", page.words());
        let transfers = mover.browser.json(&new.at("/api/v1/transfers")).await;
        assert_eq!(transfers, json!([]), "{rule}: nothing was begun");
    }
    for rule in ["\"anyone\"".to_owned(), format!("[\"{}\"]", old.authority)] {
        restart(&mut new, Settings { arrivals: &rule, ..OPEN });
        mover.ask().await;
        let to = type_handle(&mover, &new, &old).await.link_to("/godwit/oauth/authorize");
        assert!(to.as_str().starts_with(&old.at("/godwit/oauth/authorize?")), "{rule}: {to}");
    }
}

#[tokio::test]
async fn a_door_closed_while_the_person_is_away_stays_closed() {
    let ([_old, mut new], mover) = homes().await;
    let (id, url) = mover.ask().await;
    let back = mover.allow(&url).await;
    restart(&mut new, Settings { arrivals: "\"nobody\"", ..OPEN });
    let page = mover.browser.follow(back).await;
    assert_eq!(page.status, 422);
    assert!(page.words().contains("accepts accounts from nobody"), "{}", page.words());
    assert_eq!(mover.status(&id, None).await["state"], "awaiting_consent");
}

#[tokio::test]
async fn departures_are_refused_at_the_consent_and_allowed_by_the_rule() {
    let ([mut old, new], mover) = homes().await;
    let (_, url) = mover.ask().await;
    let yes = mover.browser.get(&url, PAGES).await.form("decision");
    let yes = yes.tick("unlock").unwrap().fill("password", "ann goes by here").unwrap();
    let yes = yes.press("decision", "allow").unwrap();
    for (rule, words) in [
        ("\"nobody\"", format!("{} lets accounts leave for nobody at present", old.authority)),
        ("[\"other.example\"]", format!("certain servers only, and {} is not among them", new.authority)),
    ] {
        restart(&mut old, Settings { departures: rule, ..OPEN });
        // The question, and an answer to a question that was asked before the rule.
        for answer in [mover.browser.get(&url, PAGES).await, mover.browser.submit(&yes).await] {
            assert_eq!((answer.status, answer.location()), (403, None), "{rule}");
            assert!(answer.words().contains(&words), "{rule}: {}", answer.words());
        }
    }
    for rule in ["\"anyone\"".to_owned(), format!("[\"{}\"]", new.authority)] {
        restart(&mut old, Settings { departures: &rule, ..OPEN });
        let (_, url) = mover.ask().await;
        let back = mover.allow(&url).await.location().unwrap();
        assert!(back.as_str().starts_with(&new.at("/godwit/callback?")), "{rule}: {back}");
    }
}
