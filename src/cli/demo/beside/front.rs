//! What a proxy does in front of a daemon and another server, by the same lists that `godwit proxy` prints from.
//! Answers are passed on as they are, as Caddy does it.

use std::{fmt::Write as _, net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::cli::proxy::{INTERFACES, MAY_MOVE, PAGES};

/// Longest head of a request or an answer that is looked at.
const HEAD_BYTES: usize = 64 << 10;

/// A listening front; it ends when this is dropped.
pub(super) struct Front(JoinHandle<()>);

impl Drop for Front {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The daemon.
    Ours,
    /// The other server.
    Behind,
    /// The daemon, and the other server where it has no word for it.
    OursFirst,
}

/// Both servers.
struct Sides {
    ours: SocketAddr,
    behind: SocketAddr,
}

impl Front {
    /// Listens at the address everybody knows.
    ///
    /// # Errors
    /// When the port is taken.
    #[expect(clippy::disallowed_methods, reason = "the demo's own front ends with the demo")]
    pub(super) fn start(public: SocketAddr, ours: SocketAddr, behind: SocketAddr) -> Result<Self> {
        let listener =
            std::net::TcpListener::bind(public).with_context(|| format!("listening at {public}"))?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let sides = Arc::new(Sides { ours, behind });
        Ok(Self(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let sides = Arc::clone(&sides);
                // Whoever goes away in the middle is nobody's loss.
                tokio::spawn(async move { drop(pass(client, &sides).await) });
            }
        })))
    }
}

async fn pass(mut client: TcpStream, sides: &Sides) -> std::io::Result<()> {
    let Some(request) = Request::read(&mut client).await? else { return Ok(()) };
    match request.way() {
        Way::Ours => send(&mut client, sides.ours, &request.bytes("")).await,
        Way::Behind => send(&mut client, sides.behind, &request.bytes("")).await,
        Way::OursFirst => {
            if let Ok(answer) = whole(sides.ours, &request.bytes("/godwit/moved")).await
                && status(&answer).is_some_and(|status| status != 404 && status < 500)
            {
                return client.write_all(&answer).await;
            }
            send(&mut client, sides.behind, &request.bytes("")).await
        }
    }
}

/// Asks a server and passes its answer on as it comes.
async fn send(client: &mut TcpStream, to: SocketAddr, request: &[u8]) -> std::io::Result<()> {
    let Ok(mut server) = TcpStream::connect(to).await else {
        let away = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return client.write_all(away).await;
    };
    server.write_all(request).await?;
    tokio::io::copy(&mut server, client).await.map(drop)
}

async fn whole(to: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(to).await?;
    server.write_all(request).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|b| *b == b'\r').next()?;
    std::str::from_utf8(line).ok()?.split(' ').nth(1)?.parse().ok()
}

/// One request, read whole.
struct Request {
    method: String,
    address: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    async fn read(client: &mut TcpStream) -> std::io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            if bytes.len() > HEAD_BYTES || client.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        };
        let mut body = bytes.split_off(end + 4);
        let head = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(address)) = (first.next(), first.next()) else { return Ok(None) };
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        let mut request =
            Self { method: method.to_owned(), address: address.to_owned(), headers, body: Vec::new() };
        let length: usize = request.header("content-length").parse().unwrap_or(0);
        while body.len() < length && client.read_buf(&mut body).await? > 0 {}
        request.body = body;
        Ok(Some(request))
    }

    fn header(&self, wanted: &str) -> &str {
        let found = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map_or("", |(_, value)| value.as_str())
    }

    /// As it is sent on, below `before`; the connection is for this one.
    fn bytes(&self, before: &str) -> Vec<u8> {
        let mut head = format!("{} {before}{} HTTP/1.1\r\n", self.method, self.address);
        for (name, value) in self.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("connection"))
        {
            let _infallible = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("Connection: close\r\n\r\n");
        [head.into_bytes(), self.body.clone()].concat()
    }

    fn way(&self) -> Way {
        let path = self.address.split('?').next().unwrap_or_default();
        let inside = path.trim_start_matches('/');
        let below = |start: &str| inside == start || inside.starts_with(&format!("{start}/"));
        let is_ours = below("godwit")
            || path == "/.well-known/oauth-authorization-server/godwit"
            || PAGES.iter().any(|page| below(page))
            || INTERFACES.iter().any(|name| below(&format!("api/v1/{name}")));
        let asks_for_us = path == "/.well-known/webfinger"
            && (self.address.contains("godwit.host") || self.address.contains("godwit%2Factor"));
        if is_ours || asks_for_us {
            return Way::Ours;
        }
        let is_read = matches!(self.method.as_str(), "GET" | "HEAD");
        if !is_read || !MAY_MOVE.iter().any(|start| inside.starts_with(start)) {
            return Way::Behind;
        }
        let bears = self.header("authorization").to_ascii_lowercase().starts_with("bearer godwit_");
        if bears { Way::Ours } else { Way::OursFirst }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(method: &str, address: &str, authorization: &str) -> Way {
        let headers = vec![("Authorization".to_owned(), authorization.to_owned())];
        Request { method: method.into(), address: address.into(), headers, body: Vec::new() }.way()
    }

    #[test]
    fn requests_go_where_the_printed_lines_send_them() {
        for (method, address, authorization, expected) in [
            ("GET", "/godwit/lola/ann/content?cursor=1", "", Way::Ours),
            ("POST", "/departures/ann/finish", "", Way::Ours),
            ("GET", "/api/v1/transfers/1", "", Way::Ours),
            ("GET", "/api/v1/timelines/home", "", Way::Behind),
            ("GET", "/departuresque", "", Way::Behind),
            ("GET", "/users/ann", "", Way::OursFirst),
            ("GET", "/@ann/1", "Bearer another", Way::OursFirst),
            ("GET", "/users/ann", "Bearer godwit_x", Way::Ours),
            ("POST", "/users/ann/inbox", "", Way::Behind),
            ("GET", "/.well-known/webfinger?resource=acct:ann@a.example", "", Way::Behind),
            ("GET", "/.well-known/webfinger?resource=acct:godwit.host@a.example", "", Way::Ours),
        ] {
            assert_eq!(way(method, address, authorization), expected, "{method} {address}");
        }
        assert_eq!(status(b"HTTP/1.1 301 Moved Permanently\r\nX: y\r\n\r\n"), Some(301));
    }
}
