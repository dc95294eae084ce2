//! The way out against raw TCP servers that answer word for word.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::{
    federation::test_keys,
    port::{clock::Clock, fakes::StillClock},
};

/// Answers each connection with the next text (the last one for ever); yields what was asked.
#[expect(clippy::disallowed_methods, reason = "a server of this test, gone with it")]
async fn server(answers: Vec<String>) -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, asked) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut answers = answers.into_iter().peekable();
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            while !request.windows(4).any(|four| four == b"\r\n\r\n") {
                match socket.read(&mut buffer).await {
                    Ok(length) if length > 0 => request.extend_from_slice(&buffer[..length]),
                    _ => break,
                }
            }
            let _test_over = tell.send(String::from_utf8_lossy(&request).into_owned());
            let answer = answers.peek().cloned().unwrap_or_default();
            if answers.len() > 1 {
                answers.next();
            }
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (port, asked)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

fn remote(hosts: &[String]) -> GuardedRemote {
    GuardedRemote::new(Duration::from_secs(5), hosts).unwrap().with_clock(Arc::new(StillClock::new()))
}

fn lab(port: u16, path: &str) -> (Vec<String>, Url) {
    let host = format!("lab.localhost:{port}");
    let url = Url::parse(&format!("http://{host}{path}")).unwrap();
    (vec![host], url)
}

#[tokio::test]
async fn a_listed_host_is_asked_with_a_signature_and_our_name() {
    let (port, mut asked) = server(vec![answer("200 OK", "X-Thing: a\r\nX-Thing: b\r\n", "{\"a\":1}")]).await;
    let (hosts, url) = lab(port, "/users/ann?page=1");
    let (signer, _) = test_keys::pair("https://new.example/users/ann");
    let response = remote(&hosts).send(Request::get(url).signed(signer)).await.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["x-thing"], "a, b");
    assert_eq!(response.json().await.unwrap()["a"], 1);
    let asked = asked.recv().await.unwrap().to_ascii_lowercase();
    assert!(asked.starts_with("get /users/ann?page=1 http/1.1"), "{asked}");
    assert!(asked.contains(&format!("host: lab.localhost:{port}")), "{asked}");
    assert!(asked.contains("headers=\"(request-target) host date\""), "{asked}");
    assert!(asked.contains("user-agent: godwit/"), "{asked}");
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_an_error() {
    let cut = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\nonly this".to_owned();
    let (port, _asked) = server(vec![cut]).await;
    let (hosts, url) = lab(port, "/file");
    let response = remote(&hosts).send(Request::get(url).accepting("*/*")).await.unwrap();
    assert!(matches!(response.bytes(1000).await, Err(RemoteError::Unreachable { .. })));
}

#[tokio::test]
async fn a_relative_redirect_is_followed_signed_anew_and_keeps_the_token() {
    let (port, mut asked) =
        server(vec![answer("301 Moved", "Location: /there\r\n", ""), answer("200 OK", "", "{}")]).await;
    let (hosts, url) = lab(port, "/here");
    let (signer, _) = test_keys::pair("https://new.example/users/ann");
    let response = remote(&hosts).send(Request::get(url).signed(signer).bearing("tok")).await.unwrap();
    assert_eq!(response.url.path(), "/there");
    let first = asked.recv().await.unwrap();
    let second = asked.recv().await.unwrap();
    let signature = |text: &str| text.lines().find(|line| line.starts_with("signature:")).map(str::to_owned);
    assert!(signature(&first).is_some() && signature(&first) != signature(&second));
    assert!(second.contains("authorization: Bearer tok"));
}

#[tokio::test]
async fn a_token_is_not_carried_to_another_origin() {
    let (there, mut asked) = server(vec![answer("200 OK", "", "{}")]).await;
    let redirect = answer("302 Found", &format!("Location: http://other.localhost:{there}/x\r\n"), "");
    let (here, _) = server(vec![redirect]).await;
    let (mut hosts, url) = lab(here, "/");
    hosts.push(format!("other.localhost:{there}"));
    remote(&hosts).send(Request::get(url).bearing("tok")).await.unwrap();
    assert!(!asked.recv().await.unwrap().contains("tok"));
}

#[tokio::test]
async fn redirects_to_anything_forbidden_or_without_end_are_refused() {
    for target in
        ["http://127.0.0.1/", "http://169.254.169.254/latest/", "https://10.0.0.1/", "http://a.example/"]
    {
        let (port, _asked) = server(vec![answer("302 Found", &format!("Location: {target}\r\n"), "")]).await;
        let (hosts, url) = lab(port, "/");
        let error = remote(&hosts).send(Request::get(url)).await.err().unwrap();
        assert!(matches!(error, RemoteError::Forbidden { .. }), "{target}: {error}");
    }
    let (port, mut asked) = server(vec![answer("302 Found", "Location: /again\r\n", "")]).await;
    let (hosts, url) = lab(port, "/");
    let error = remote(&hosts).send(Request::get(url)).await.err().unwrap();
    assert!(matches!(error, RemoteError::Redirects { .. }));
    let mut requests = 0;
    while asked.try_recv().is_ok() {
        requests += 1;
    }
    assert_eq!(requests, 4, "the first request and three hops");
}

#[tokio::test]
async fn a_post_is_never_redirected() {
    let (port, mut asked) = server(vec![answer("308 Permanent", "Location: /there\r\n", "")]).await;
    let (hosts, url) = lab(port, "/inbox");
    let sent = remote(&hosts).send(Request::post_activity(url, &serde_json::json!({}))).await;
    assert!(matches!(sent, Err(RemoteError::Redirects { .. })));
    asked.recv().await.unwrap();
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn a_date_in_retry_after_becomes_seconds() {
    let clock = StillClock::new();
    let until = crate::federation::signing::http_date(clock.now_micros() + 90_000_000);
    let busy = answer("429 Too Many", &format!("Retry-After: {until}\r\n"), "");
    let (port, _asked) = server(vec![busy]).await;
    let (hosts, url) = lab(port, "/");
    let response = remote(&hosts).send(Request::get(url)).await.unwrap();
    assert_eq!(response.retry_after(), Some(Duration::from_secs(90)));
}

#[tokio::test]
async fn loopback_under_another_port_is_not_reached() {
    let (port, mut asked) = server(vec![answer("200 OK", "", "{}")]).await;
    let (_, url) = lab(port, "/");
    let sent = remote(&["lab.localhost:1".to_owned()]).send(Request::get(url)).await;
    assert!(matches!(sent, Err(RemoteError::Forbidden { .. })));
    assert!(asked.try_recv().is_err());
}

#[test]
fn a_handles_host_is_https_or_the_laboratorys_http() {
    let remote = remote(&["lab.localhost:4001".to_owned()]);
    assert_eq!(remote.origin_of("lab.localhost:4001").unwrap().as_str(), "http://lab.localhost:4001/");
    assert_eq!(remote.origin_of("social.example").unwrap().as_str(), "https://social.example/");
    for host in ["127.0.0.1", "social.example:8443", "lab.localhost", "a b", "social.example/path"] {
        assert!(remote.origin_of(host).is_none(), "{host}");
    }
}

#[test]
fn the_switch_that_disables_the_guard_is_noticed() {
    assert!(is_disarmed(Some("1".as_ref())) && !is_disarmed(None));
}
