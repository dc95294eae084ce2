//! The wire between two homes: it stands where a home is known and passes on to where it listens. What
//! the other home sends is cut, delayed, doubled and truncated; a person's browser is left in peace.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::dice::Dice;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mischief {
    /// It never arrives.
    Cut,
    /// It arrives, its answer does not.
    Unanswered,
    /// It arrives, half of its answer does.
    Truncated,
    /// It arrives twice.
    Twice,
    /// It arrives a little later.
    Delayed,
}

/// Something to be done at a certain request.
type Deed = Box<dyn FnOnce() + Send>;

/// When, in the life of a request, the deed is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the request is passed on.
    Before,
    /// When it was passed on and is not answered.
    Within,
    /// When half of its answer was given.
    Halfway,
}

/// What the wire is to do to the requests of homes while a phase lasts.
#[derive(Default)]
struct Orders {
    passed: u64,
    costly: Vec<(u64, Mischief)>,
    dice: Option<Dice>,
    deed: Option<(u64, Moment, Deed)>,
}

struct Shared {
    upstream: String,
    orders: Mutex<Orders>,
    is_over: AtomicBool,
    /// Waits until the home behind it runs again.
    wait: Box<dyn Fn() + Send + Sync>,
}

/// A running wire; it ends when this is dropped.
pub struct Wire {
    authority: String,
    shared: Arc<Shared>,
}

impl Wire {
    /// Passes on from `authority` to `upstream`; `wait` returns when the home there is up.
    pub fn start(authority: &str, upstream: &str, wait: impl Fn() + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(authority).unwrap();
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            orders: Mutex::default(),
            is_over: AtomicBool::new(false),
            wait: Box::new(wait),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if serving.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&serving);
                // Whoever hangs up in the middle is no concern of the wire.
                std::thread::spawn(move || drop(shared.serve(stream)));
            }
        });
        Self { authority: authority.to_owned(), shared }
    }

    /// From here on the requests of homes fare badly: at some of the next `span` requests in a costly way,
    /// at any of them in a cheap one.
    pub fn disturb(&self, span: u64, costly: usize, mut dice: Dice) {
        let kinds = [Mischief::Cut, Mischief::Unanswered, Mischief::Truncated];
        let mut orders = self.orders();
        orders.passed = 0;
        orders.costly = (0..costly).map(|_| (dice.below(span), dice.one_of(&kinds))).collect();
        orders.dice = Some(dice);
    }

    /// Does something once, at a request of a home.
    pub fn at_request(&self, number: u64, moment: Moment, deed: impl FnOnce() + Send + 'static) {
        self.orders().deed = Some((number, moment, Box::new(deed)));
    }

    /// Lets everything pass; gives the deed back that was not done.
    pub fn calm(&self) -> Option<Deed> {
        let mut orders = self.orders();
        orders.dice = None;
        orders.costly.clear();
        orders.deed.take().map(|(.., deed)| deed)
    }

    fn orders(&self) -> std::sync::MutexGuard<'_, Orders> {
        self.shared.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // Wakes the listener, so that it sees that it is over.
        let _it_may_be_gone = TcpStream::connect(&self.authority);
    }
}

impl Shared {
    fn serve(&self, mut client: TcpStream) -> std::io::Result<()> {
        let Some((request, is_home)) = read_request(&mut BufReader::new(client.try_clone()?))? else {
            return Ok(());
        };
        if !is_home {
            return self.serve_a_person(&mut client, &request);
        }
        let (mischief, deed) = self.fate();
        match mischief {
            Some(Mischief::Cut) => return Ok(()),
            Some(Mischief::Delayed) => std::thread::sleep(Duration::from_millis(40)),
            Some(Mischief::Twice) => drop(self.ask(&request, None)),
            _ => {}
        }
        let (mut within, mut halfway) = (None, None);
        match deed {
            Some((Moment::Before, deed)) => deed(),
            Some((Moment::Within, deed)) => within = Some(deed),
            Some((Moment::Halfway, deed)) => halfway = Some(deed),
            None => {}
        }
        let answer = self.ask(&request, within)?;
        if mischief == Some(Mischief::Unanswered) {
            return Ok(());
        }
        let (first, second) = answer.split_at(answer.len() / 2);
        client.write_all(first)?;
        if let Some(deed) = halfway {
            deed();
        }
        if mischief == Some(Mischief::Truncated) {
            return Ok(());
        }
        client.write_all(second)
    }

    /// A person waits until the home is there, and is told when it fell over in the middle.
    fn serve_a_person(&self, client: &mut TcpStream, request: &[u8]) -> std::io::Result<()> {
        for _ in 0..3 {
            (self.wait)();
            match self.ask(request, None) {
                Ok(answer) if is_whole(&answer) => return client.write_all(&answer),
                Ok(_) => break,
                Err(_) => {}
            }
        }
        client.write_all(b"HTTP/1.1 503 Fell over\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    /// What shall become of this request of a home.
    fn fate(&self) -> (Option<Mischief>, Option<(Moment, Deed)>) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let number = orders.passed;
        orders.passed += 1;
        let deed = match &orders.deed {
            Some((at, ..)) if *at <= number => orders.deed.take().map(|(_, moment, deed)| (moment, deed)),
            _ => None,
        };
        let costly = orders.costly.iter().position(|(at, _)| *at <= number);
        if let Some(at) = costly {
            return (Some(orders.costly.swap_remove(at).1), deed);
        }
        let cheap = orders.dice.as_mut().and_then(|dice| match dice.below(100) {
            0..=3 => Some(Mischief::Twice),
            4..=5 => Some(Mischief::Delayed),
            _ => None,
        });
        (cheap, deed)
    }

    /// Asks the home; what comes until it hangs up or falls over is the answer.
    fn ask(&self, request: &[u8], within: Option<Deed>) -> std::io::Result<Vec<u8>> {
        let mut upstream = TcpStream::connect(&self.upstream)?;
        upstream.write_all(request)?;
        if let Some(deed) = within {
            deed();
        }
        let mut answer = Vec::new();
        match upstream.read_to_end(&mut answer) {
            Ok(_) => Ok(answer),
            Err(_) if !answer.is_empty() => Ok(answer),
            Err(error) => Err(error),
        }
    }
}

/// A request with its body, told to end the connection after it; and whether a home sends it.
fn read_request(input: &mut impl BufRead) -> std::io::Result<Option<(Vec<u8>, bool)>> {
    let (mut head, mut length, mut is_home) = (Vec::new(), 0, false);
    loop {
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        is_home |= lower.starts_with("user-agent: godwit/");
        if line.trim().is_empty() {
            break;
        }
        if !lower.starts_with("connection:") {
            head.extend_from_slice(line.as_bytes());
        }
    }
    head.extend_from_slice(b"connection: close\r\n\r\n");
    input.take(length).read_to_end(&mut head)?;
    Ok(Some((head, is_home)))
}

/// Whether an answer came to its end.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    if head.contains("transfer-encoding: chunked") {
        return answer.ends_with(b"0\r\n\r\n");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.is_none_or(|length| length.trim().parse() == Ok(answer.len() - end - 4))
}
