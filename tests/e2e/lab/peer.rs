//! A server of a story: answers each request by a function, byte for byte, lies included.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::Value;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// GET or POST.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// What follows the question mark.
    pub query: String,
    /// Header fields by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// What to answer.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    claimed_bytes: Option<usize>,
    is_held: bool,
}

impl Reply {
    /// A document.
    pub fn json(document: &Value) -> Self {
        Self::bytes("application/activity+json", document.to_string().as_bytes())
    }

    /// Bytes of a type.
    pub fn bytes(kind: &str, body: &[u8]) -> Self {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Self { status: 200, headers, body: body.to_vec(), claimed_bytes: None, is_held: false }
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        let headers = vec![("Location".to_owned(), to.to_owned())];
        Self { status: 302, headers, body: Vec::new(), claimed_bytes: None, is_held: false }
    }

    /// An empty answer with a status.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), claimed_bytes: None, is_held: false }
    }

    /// The same, with another status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same, with one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, with a `Content-Length` that is a lie.
    pub fn claiming(mut self, bytes: usize) -> Self {
        self.claimed_bytes = Some(bytes);
        self
    }

    /// The same, but after what there is nothing more comes until the other side hangs up.
    pub fn held(mut self) -> Self {
        self.is_held = true;
        self
    }

    fn write(&self, out: &mut TcpStream) -> std::io::Result<()> {
        let length = self.claimed_bytes.unwrap_or(self.body.len());
        let mut head =
            format!("HTTP/1.1 {} Told\r\nContent-Length: {length}\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head = format!("{head}{name}: {value}\r\n");
        }
        out.write_all(format!("{head}\r\n").as_bytes())?;
        out.write_all(&self.body)?;
        out.flush()?;
        if self.is_held {
            let _until_the_other_side_hangs_up = out.read(&mut [0])?;
        }
        Ok(())
    }
}

type Answers = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A running server; it ends when this is dropped.
pub struct Peer {
    /// Scheme, address and port.
    pub origin: String,
    /// Address and port.
    pub authority: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    is_over: Arc<AtomicBool>,
}

impl Peer {
    /// Answers at an address from [`super::address`].
    pub fn start(authority: &str, answers: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(authority).unwrap();
        let (asked, is_over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (answers, log, over): (Arc<Answers>, _, _) =
            (Arc::new(answers), Arc::clone(&asked), Arc::clone(&is_over));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (answers, log) = (Arc::clone(&answers), Arc::clone(&log));
                std::thread::spawn(move || serve(stream, &*answers, &log));
            }
        });
        Self { origin: format!("http://{authority}"), authority: authority.to_owned(), asked, is_over }
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the listener, so that it sees that it is over.
        let _it_may_be_gone = TcpStream::connect(&self.authority);
    }
}

fn serve(mut stream: TcpStream, answers: &Answers, log: &Mutex<Vec<Asked>>) {
    // Whoever hangs up in the middle is no concern of the story.
    let Some(asked) = stream.try_clone().ok().and_then(|reading| read(BufReader::new(reading))) else {
        return;
    };
    log.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
    let _it_may_have_hung_up = answers(&asked).write(&mut stream);
}

fn read(mut input: impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Some(Asked { method, path, query, headers, body })
}
