//! Letters through real daemons: a permission given at Old home, taken back by a link that needs no sign-in; and what
//! New home tells on the way.

use crate::{
    lab::{
        browser::{Browser, PAGES},
        home::{Home, OPEN},
        mover::Mover,
        tables,
    },
    sample,
};

#[tokio::test]
async fn who_gave_no_permission_stops_it_from_the_mail_without_signing_in() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    for home in [&old, &new] {
        home.run(&["account", "email", "ann", "ann@mail.example"]);
    }
    let id = mover.copy().await;
    mover.browser.after_changes(&new.origin, async || !new.letters().is_empty()).await;
    let told = new.letters().concat();
    assert!(told.contains("To: ann@mail.example") && told.contains(&format!("/transfers/{id}")), "{told}");
    mover.browser.after_changes(&old.origin, async || !old.letters().is_empty()).await;
    let told = old.letters().concat();
    let token = told.split("/stop/").nth(1).unwrap().split_whitespace().next().unwrap();
    let stranger = Browser::new();
    let held = "select count(*) from consents where revoked_at is null";
    let page = stranger.get(&old.at(&format!("/stop/{token}")), PAGES).await;
    assert!(page.text().contains(&new.authority), "{}", page.words());
    assert_eq!(tables::number(&old, held).await, 1, "looking at a link takes nothing back");
    let stopped = stranger.post(&old.at(&format!("/stop/{token}")), &[]).await;
    assert!(stopped.text().contains("can copy nothing any more"), "{}", stopped.words());
    assert_eq!(
        (tables::number(&old, held).await, tables::number(&old, "select count(*) from tokens").await),
        (0, 0)
    );
    assert_eq!(stranger.get(&old.at("/stop/guessed"), PAGES).await.status, 404);
    let page = mover.browser.get(&old.at("/letters"), PAGES).await;
    assert!(page.text().contains("may copy your account"), "{}", page.words());
    assert!(!page.text().contains(token), "the link stands in the mail only");
}
