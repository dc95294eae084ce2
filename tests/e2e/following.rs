//! A copy on trial follows Old home, and what its owner changed in it stays theirs.

use serde_json::{Value, json};

use crate::{
    lab::{
        browser::{ACTIVITY, Browser, PAGES},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even},
        tables,
    },
    sample,
};

/// What a look that finds nothing may write: that somebody looked, and when it is due again.
const LOOKED: [&str; 3] = ["passes", "sessions", "transfers"];

/// Writes, and gives the post's id.
async fn write(person: &Browser, home: &Home, text: &str) -> String {
    let form = person.get(&home.at("/home"), PAGES).await.form("text").fill("text", text).unwrap();
    last_part(person.submit(&form).await.location().unwrap().path())
}

async fn edit(person: &Browser, home: &Home, id: &str, text: &str) {
    let form = person.get(&home.at(&format!("/posts/{id}/edit")), PAGES).await.form("text");
    let answer = person.submit(&form.fill("text", text).unwrap()).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
}

async fn delete(person: &Browser, home: &Home, id: &str) {
    let form = person.get(&home.at(&format!("/posts/{id}/edit")), PAGES).await.form("text").pairs();
    let csrf: Vec<_> = form.iter().filter(|(name, _)| name == "csrf").collect();
    let answer = person.post(&home.at(&format!("/posts/{id}/delete")), &[("csrf", &csrf[0].1)]).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
}

fn last_part(address: &str) -> String {
    address.rsplit('/').next().unwrap().to_owned()
}

/// Public posts of a map: their ids at Old home and here.
fn posts(map: &[Value]) -> Vec<(String, String)> {
    let id = |entry: &Value, field: &str| last_part(entry[field].as_str().unwrap());
    let is_post = |entry: &&Value| entry["kind"] == "posts" && entry["visibility"] == "public";
    map.iter().filter(is_post).map(|entry| (id(entry, "old"), id(entry, "new"))).collect()
}

/// Presses the button and waits until the look is over; gives the status then.
async fn look(mover: &Mover, new: &Home, id: &str) -> Value {
    let before = mover.status(id, None).await["pass"]["number"].as_u64().unwrap_or(0);
    mover.press(id, "look-again").await.good();
    let url = new.at(&format!("/api/v1/transfers/{id}"));
    let is_over = |status: &Value| {
        status["pass"]["number"].as_u64() == Some(before + 1) && status["pass"]["state"] == "done"
    };
    mover.browser.wait(&url, is_over).await;
    mover.status(id, None).await
}

fn found(status: &Value) -> [&Value; 4] {
    ["added", "changed", "gone", "own"].map(|field| &status["pass"]["found"][field])
}

#[tokio::test]
async fn what_happens_at_old_home_arrives_and_the_owners_own_words_stay() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let (ann, stranger) = (&mover.browser, Browser::new());
    let kept: Vec<_> = {
        let mut ids = Vec::new();
        for n in 0..3 {
            ids.push(write(ann, &old, &format!("Number {n}")).await);
        }
        ids
    };
    let id = mover.copy().await;
    let map = posts(&mover.map(&id).await);
    let here = |post: &String| map.iter().find(|(old, _)| old == post).unwrap().1.clone();
    let [edited, deleted, mine] = [here(&kept[0]), here(&kept[1]), here(&kept[2])];

    write(ann, &old, "Quite new").await;
    edit(ann, &old, &kept[0], "Said better").await;
    delete(ann, &old, &kept[1]).await;
    edit(ann, &old, &kept[2], "Words of Old home").await;
    edit(ann, &new, &mine, "My own words").await;
    let status = look(&mover, &new, &id).await;
    assert_eq!(found(&status), [&json!(1), &json!(2), &json!(1), &json!(1)], "{status:#}");
    comes_out_even(&status);

    let page = |id: &String| new.at(&format!("/@ann/{id}"));
    for (post, said) in [(&edited, "Said better"), (&mine, "My own words")] {
        let shown = ann.visit(&page(post)).await;
        assert!(shown.text().contains(said), "{}", shown.words());
    }
    assert_eq!(
        ann.visit(&page(&deleted)).await.status,
        404,
        "what is gone there is gone here, without a word"
    );
    let now = posts(&mover.map(&id).await);
    let added: Vec<_> = now.iter().filter(|pair| !map.contains(pair)).collect();
    assert_eq!((added.len(), now.len()), (1, map.len()));
    assert!(ann.visit(&page(&added[0].1)).await.text().contains("Quite new"));
    for (_, post) in &now {
        let address = new.at(&format!("/users/ann/posts/{post}"));
        assert_eq!(stranger.get(&address, ACTIVITY).await.status, 404, "{address} is seen by strangers");
    }

    // Nothing happens, and a look writes nothing but that it was made.
    let rows = tables::all_but(&new, &LOOKED).await;
    let status = look(&mover, &new, &id).await;
    assert_eq!(found(&status), [&json!(0), &json!(0), &json!(0), &json!(0)]);
    assert_eq!(status["pass"]["rounds"], 1);
    tables::are_equal(&rows, &tables::all_but(&new, &LOOKED).await);
    assert!(old.is_well() && new.is_well());
}

#[tokio::test]
async fn a_file_that_old_home_had_lost_is_asked_for_again_by_its_button() {
    let [mut old, mut new] = Home::pair(&[], OPEN);
    let dir = tempfile::tempdir().unwrap();
    let archive = sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let mover = Mover::between(&mut old, &mut new, &archive).await;
    let files: Vec<_> = old.media().into_iter().collect();
    for file in &files {
        std::fs::rename(file, file.with_extension("away")).unwrap();
    }
    let id = mover.copy().await;
    let status = mover.status(&id, None).await;
    let failed = status["differences"]["count"].as_u64().unwrap();
    assert!(failed > 0 && status["can_try_again"] == true, "{status:#}");
    for file in &files {
        std::fs::rename(file.with_extension("away"), file).unwrap();
    }
    let page = mover.browser.get(&new.at(&format!("/transfers/{id}")), PAGES).await;
    assert!(page.text().contains("Try what failed again"), "{}", page.words());
    mover.press(&id, "try-again").await.good();
    let url = new.at(&format!("/api/v1/transfers/{id}"));
    mover.browser.wait(&url, |status| status["differences"]["count"] == 0).await;
    mover.browser.wait(&url, |status| status["pass"]["state"] == "done").await;
    let status = mover.status(&id, None).await;
    comes_out_even(&status);
    assert_eq!(new.media().len(), files.len());
    assert_eq!(mover.press(&id, "try-again").await.status, 422, "nothing is left to try");
    mover.press(&id, "keep").await.good();
    mover.until(&id, "kept").await;
    assert!(old.is_well() && new.is_well());
}
