//! Only a part of an account comes: chosen on the page after the survey, or said when asking.

use serde_json::{Value, json};

use crate::{
    lab::{
        browser::PAGES,
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
        tables,
    },
    sample,
};

async fn homes() -> ([Home; 2], Mover) {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    ([old, new], mover)
}

/// Why the person finds things of a kind left out by themselves, and how many.
fn declined(status: &Value, kind: &str) -> u64 {
    let reasons = status["report"]["reasons"].as_array().unwrap().iter();
    let own =
        reasons.filter(|line| line["kind"] == kind && line["why"].as_str().unwrap().starts_with("you left"));
    own.map(|line| line["count"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn what_is_not_ticked_on_the_page_is_counted_and_never_written() {
    let ([mut old, mut new], mover) = homes().await;
    let page = mover.browser.get(&new.at("/transfers/new"), PAGES).await;
    let handle = format!("@ann@{}", old.authority);
    let asked = mover.browser.submit(&page.form("handle").fill("handle", &handle).unwrap()).await;
    let page =
        mover.browser.follow(mover.allow(asked.link_to("/godwit/oauth/authorize").as_str()).await).await;
    let id = page.url.path_segments().unwrap().next_back().unwrap().to_owned();
    let status = mover.until(&id, "awaiting_choice").await;
    let posts = status["survey"]["counts"]["content"].as_u64().unwrap();
    assert_eq!(posts, 22);
    assert_eq!(tables::number(&new, "select count(*) from items").await, 0, "nothing is copied yet");

    let page = mover.browser.get(page.url.as_str(), PAGES).await;
    assert!(page.words().contains("What shall come?"), "{}", page.words());
    let shown = mover.browser.get(page.url.as_str(), PAGES).await.text();
    for beforehand in
        ["copying takes less than a minute", "What changes on the way", "The first public posts there"]
    {
        assert!(shown.contains(beforehand), "{beforehand}: {shown}");
    }
    let form = page.form("kinds").choose("kinds", "content").unwrap().tick("originals_only").unwrap();
    mover.browser.submit(&form).await;
    let status = mover.until(&id, "trial").await;
    comes_out_even(&status);
    for kind in ["boosts", "media"] {
        let (there, here) = (count(&status, kind, "source"), count(&status, kind, "destination"));
        assert!(there > 0 && here == 0, "{kind}: {status:#}");
        assert_eq!((count(&status, kind, "declined"), declined(&status, kind)), (there, there), "{kind}");
    }
    assert_eq!(count(&status, "posts", "source"), posts);
    let left = count(&status, "posts", "declined");
    assert!(left > 0 && left < posts, "replies to others stay at Old home, all else comes: {status:#}");
    assert_eq!(declined(&status, "posts"), left);
    let items = tables::number(&new, "select count(*) from items where kind <> 'posts'").await;
    assert_eq!(items, 0, "kinds that are not wanted are not even read");
    assert_eq!(new.media().len(), 0);
    let threads = "select count(*) from posts where is_reply and in_reply_to not like '%/users/ann/%'";
    assert_eq!(tables::number(&new, threads).await, 0, "only threads of her own came");
    let page = mover.browser.get(&new.at(&format!("/transfers/{id}")), PAGES).await.text();
    assert!(page.contains("Left out by you"), "{page}");
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn a_time_chosen_when_asking_is_kept_to_and_the_copy_goes_on_by_itself() {
    let ([mut old, mut new], mover) = homes().await;
    let (from, until) = ("2023-03-03", "2023-03-08");
    let choices = json!({"from": from, "until": until});
    let id = mover.begin_with(&json!({"choices": choices})).await;
    let status = mover.until(&id, "trial").await;
    comes_out_even(&status);
    assert_eq!(status["choices"]["from"], from);
    let came = count(&status, "posts", "destination");
    assert!(came > 0 && came < 22, "{status:#}");
    assert_eq!(came + count(&status, "posts", "declined"), 22);
    let outside = "select count(*) from posts where substr(json_extract(object, '$.published'), 1, 10) \
                   not between '2023-03-03' and '2023-03-08'";
    assert_eq!(tables::number(&new, outside).await, 0);
    let files = "select count(*) from items where kind = 'media' and state = 'written'";
    let shown = "select count(*) from media where post_id is not null";
    assert_eq!(tables::number(&new, files).await, tables::number(&new, shown).await);
    assert!(count(&status, "media", "declined") > 0, "files of posts that stay, stay: {status:#}");

    for choices in [json!({"kinds": []}), json!({"from": "2023-03-08", "until": "2023-03-03"})] {
        let handle = format!("@ann@{}", old.authority);
        let refused = mover.try_asking_for(&handle, &json!({"choices": choices})).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
    }
    assert!(old.is_well() && new.is_well());
}
