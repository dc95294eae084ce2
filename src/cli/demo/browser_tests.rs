//! The browser against canned answers.

use super::*;

#[test]
fn a_cookie_goes_back_to_its_own_server_only_and_a_strict_one_not_across_sites() {
    let old = Url::parse("http://old.localhost:4701/").unwrap();
    let new = Url::parse("http://new.localhost:4702/").unwrap();
    let browser = Browser::new([&old, &new]).unwrap();
    browser.keep(&old, "godwit_4701=secret; HttpOnly; SameSite=Lax; Path=/");
    browser.keep(&old, "shy=1; SameSite=Strict");
    assert_eq!(browser.cookies(&old, false).unwrap(), "godwit_4701=secret; shy=1");
    assert_eq!(browser.cookies(&old, true).unwrap(), "godwit_4701=secret");
    assert_eq!(browser.cookies(&new, false), None);
    browser.keep(&old, "godwit_4701=; Max-Age=0");
    assert_eq!(browser.cookies(&old, true), None);
}

/// Answers requests in turn with these and gives back what was asked.
fn server(answers: &'static [&'static str]) -> (Url, std::thread::JoinHandle<Vec<String>>) {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut buffer, mut request) = ([0; 4096], String::new());
            while !request.contains("\r\n\r\n") || (request.starts_with("POST") && !request.ends_with("=b")) {
                let count = stream.read(&mut buffer).unwrap();
                request.push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
            asked.push(request);
            write!(stream, "HTTP/1.1 {answer}").unwrap();
        }
        asked
    });
    (Url::parse(&format!("http://old.localhost:{port}/")).unwrap(), asked)
}

#[tokio::test]
async fn a_form_is_sent_once_and_its_redirect_is_followed_with_the_new_cookie() {
    let (home, asked) = server(&[
        "200 OK\r\ncontent-length: 58\r\nconnection: close\r\n\r\n\
         <form method=post action=/in><input name=a value=b></form>",
        "303 See Other\r\nlocation: /home\r\nset-cookie: s=1; Path=/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        "200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
    ]);
    let browser = Browser::new([&home]).unwrap();
    let form = browser.visit(&home).await.unwrap().form_to("/in").unwrap();
    let page = browser.submit(&form).await.unwrap();
    assert_eq!((page.url.path(), page.text().as_str()), ("/home", "ok"));
    let asked = asked.join().unwrap();
    assert!(asked[1].starts_with("POST /in") && asked[1].ends_with("a=b"));
    assert!(asked[2].starts_with("GET /home") && asked[2].contains("cookie: s=1"));
}
