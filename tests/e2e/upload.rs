//! An archive brought through the browser: the same rules as for a live account, a clear word for every bad file,
//! and nothing left of what broke off or is over.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use reqwest::Method;

use crate::{
    lab::{
        browser::{Answer, Browser, PAGES},
        home::{Home, OPEN, Settings},
        mover::{Mover, comes_out_even, count},
    },
    sample,
};

/// What stands between two fields.
const LINE: &str = "----a-line-that-is-in-no-file";

/// A form with files, byte for byte.
fn form(csrf: &str, files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    write!(body, "--{LINE}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n").unwrap();
    for (field, called, bytes) in files {
        let told = format!("name=\"{field}\"; filename=\"{called}\"");
        write!(body, "--{LINE}\r\nContent-Disposition: form-data; {told}\r\n").unwrap();
        write!(body, "Content-Type: application/octet-stream\r\n\r\n").unwrap();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    write!(body, "--{LINE}--\r\n").unwrap();
    body
}

/// A home with Ann, under further rules.
async fn home(settings: Settings<'_>) -> (Home, Mover) {
    let mut home = Home::new(&crate::lab::address(), &[], settings);
    home.account("ann");
    home.start();
    let ann = Mover::guest(&home, "ann").await;
    (home, ann)
}

async fn csrf(home: &Home, browser: &Browser) -> String {
    browser.json(&home.at("/api/v1/me")).await["csrf"].as_str().unwrap().to_owned()
}

async fn send(home: &Home, browser: &Browser, csrf: &str, files: &[(&str, &str, &[u8])]) -> Answer {
    let kind = format!("multipart/form-data; boundary={LINE}");
    let headers = [("content-type", kind.as_str()), ("accept", PAGES)];
    browser.send(Method::POST, &home.at("/transfers/archive"), &headers, form(csrf, files)).await
}

/// Brings a file; gives the copy's id, or what the page says instead.
async fn bring(home: &Home, ann: &Mover, called: &str, bytes: &[u8]) -> Result<String, String> {
    bring_files(home, ann, &[("archive", called, bytes)]).await
}

/// As [`bring`], with several files in the form.
async fn bring_files(home: &Home, ann: &Mover, files: &[(&str, &str, &[u8])]) -> Result<String, String> {
    let csrf = csrf(home, &ann.browser).await;
    let answer = send(home, &ann.browser, &csrf, files).await;
    if let Some(place) = answer.location() {
        Ok(place.path().rsplit('/').next().unwrap().to_owned())
    } else {
        assert_eq!(answer.status, 422, "{}", answer.words());
        Err(answer.words())
    }
}

fn sampled() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::read(sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap()).unwrap()
}

/// What lies where archives lie.
fn uploads(home: &Home) -> Vec<String> {
    let is_upload = |path: &Path| path.components().any(|part| part.as_os_str() == "uploads");
    let all = home.media().into_iter().filter(|path| is_upload(path));
    all.map(|path| path.to_string_lossy().into_owned()).collect()
}

/// A tar.gz whose one file unpacks to a thousand times its size.
fn bomb() -> Vec<u8> {
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best()));
    let zeros = vec![b' '; 4 << 20];
    let mut header = tar::Header::new_gnu();
    header.set_size(u64::try_from(zeros.len()).unwrap());
    header.set_mode(0o644);
    archive.append_data(&mut header, "outbox.json", zeros.as_slice()).unwrap();
    archive.into_inner().unwrap().finish().unwrap()
}

#[tokio::test]
async fn a_file_through_the_browser_goes_the_way_of_every_copy_and_does_not_stay() {
    let (home, ann) = home(OPEN).await;
    let id = bring(&home, &ann, "archive.zip", &sampled()).await.unwrap();
    let status = ann.until(&id, "awaiting_choice").await;
    assert_eq!(status["survey"]["actor"], "https://birds.example/users/ann");
    assert_eq!(uploads(&home).len(), 1);
    ann.press(&id, "begin").await.good();
    let status = ann.until(&id, "trial").await;
    comes_out_even(&status);
    assert_eq!(count(&status, "posts", "destination"), 22);
    ann.press(&id, "keep").await.good();
    ann.until(&id, "kept").await;
    ann.browser.after_changes(&home.origin, async || uploads(&home).is_empty()).await;
    let id = bring(&home, &ann, "archive.zip", &sampled()).await.unwrap();
    ann.until(&id, "awaiting_choice").await;
    ann.press(&id, "discard").await.good();
    ann.until(&id, "discarded").await;
    ann.browser.after_changes(&home.origin, async || uploads(&home).is_empty()).await;
}

#[tokio::test]
async fn lists_beside_the_archive_come_along_and_are_offered_by_name() {
    let (home, ann) = home(OPEN).await;
    let files: [(&str, &str, &[u8]); 2] = [
        ("archive", "archive.zip", &sampled()),
        ("lists", "blocked_domains.csv", b"#domain\nspam.example\n"),
    ];
    let id = bring_files(&home, &ann, &files).await.unwrap();
    ann.until(&id, "awaiting_choice").await;
    let page = ann.browser.get(&home.at(&format!("/transfers/{id}")), PAGES).await;
    assert!(page.text().contains("Servers you block"), "{}", page.text());
    ann.press(&id, "begin").await.good();
    let status = ann.until(&id, "trial").await;
    assert_eq!(count(&status, "blocked_domains", "destination"), 1, "{status:#}");
}

#[tokio::test]
async fn every_bad_file_gets_a_clear_word_and_nothing_of_it_stays() {
    let settings = Settings { more: "archive_bytes = 1000000", ..OPEN };
    let (mut home, ann) = home(settings).await;
    let whole = sampled();
    let half = &whole[..whole.len() / 2];
    for (called, bytes, said) in [
        ("letter.zip", &b"Dear Ann, this is a letter."[..], "neither a zip"),
        ("half.zip", half, "cut off"),
        ("bomb.tar.gz", &bomb()[..], "unpacks to more than"),
        ("huge.zip", &vec![0_u8; 1_000_001][..], "larger than this server takes"),
        ("empty.zip", &b""[..], "Choose the archive first"),
    ] {
        let words = bring(&home, &ann, called, bytes).await.unwrap_err();
        assert!(words.contains(said), "{called}: {words}");
        assert!(uploads(&home).is_empty(), "{called}");
    }
    assert!(home.is_well());
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_and_a_form_of_another_session_writes_nothing() {
    let (mut home, ann) = home(OPEN).await;
    let whole = sampled();
    let foreign = send(&home, &ann.browser, "somebody else's", &[("archive", "a.zip", &whole)]).await;
    assert_eq!(foreign.status, 403, "{}", foreign.words());
    assert!(uploads(&home).is_empty());
    let nobody = send(&home, &Browser::new(), "", &[("archive", "a.zip", &whole)]).await;
    assert!(nobody.location().unwrap().path().starts_with("/sign-in"), "{}", nobody.words());
    // The line goes dead in the middle of the file.
    let body = form(&csrf(&home, &ann.browser).await, &[("archive", "a.zip", &whole)]);
    let cookie = ann.browser.cookie(&home.authority).unwrap();
    let mut line = TcpStream::connect(&home.authority).unwrap();
    write!(
        line,
        "POST /transfers/archive HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nAccept: {PAGES}\r\n\
         Content-Type: multipart/form-data; boundary={LINE}\r\nContent-Length: {}\r\n\r\n",
        home.authority,
        body.len()
    )
    .unwrap();
    line.write_all(&body[..body.len() / 2]).unwrap();
    line.shutdown(std::net::Shutdown::Write).unwrap();
    line.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    // Whatever is answered, the server has noticed when the line ends.
    let _answer = line.read_to_end(&mut Vec::new());
    let before = ann.browser.json(&home.at("/api/v1/transfers")).await;
    assert_eq!(before.as_array().map(Vec::len), Some(0), "{before}");
    // The next start sweeps what even a killed daemon leaves.
    home.kill();
    home.start();
    ann.browser.after_changes(&home.origin, async || uploads(&home).is_empty()).await;
}

#[tokio::test]
async fn a_file_through_the_browser_meets_the_rules_for_the_server_it_claims() {
    let (closed, ann) = home(Settings { arrivals: "\"nobody\"", ..OPEN }).await;
    let page = ann.browser.get(&closed.at("/transfers/archive"), PAGES).await;
    assert!(page.words().contains("accepts accounts from nobody"), "{}", page.words());
    assert!(!page.text().contains("type=\"file\""), "nobody sends a file for nothing");
    let (some, ann) = home(Settings { arrivals: "[\"elsewhere.example\"]", ..OPEN }).await;
    let words = bring(&some, &ann, "archive.zip", &sampled()).await.unwrap_err();
    assert!(words.contains("birds.example is not among them"), "{words}");
    assert!(uploads(&some).is_empty());
    let rules = "[policy.arriving]\nblocked = [\"birds.example\"]";
    let (blocked, ann) = home(Settings { more: rules, ..OPEN }).await;
    let words = bring(&blocked, &ann, "archive.zip", &sampled()).await.unwrap_err();
    assert!(words.contains("birds.example"), "{words}");
    let rules = "[policy.arriving.approval]\nnew_servers = true\n[policy.arriving.limits]\nposts = 10";
    let (careful, ann) = home(Settings { more: rules, ..OPEN }).await;
    let id = bring(&careful, &ann, "archive.zip", &sampled()).await.unwrap();
    ann.until(&id, "awaiting_choice").await;
    let refused = ann.press(&id, "begin").await;
    assert!(refused.text().contains("10"), "{}", refused.text());
    let less = serde_json::json!({"choices": {"kinds": ["liked", "bookmarks"]}});
    let url = careful.at(&format!("/api/v1/transfers/{id}/begin"));
    ann.browser.post_json(&url, &less).await.good();
    ann.until(&id, "awaiting_approval").await;
}
