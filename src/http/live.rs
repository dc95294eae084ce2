//! Pages that follow work: what stands inside `<main>` is sent anew when it has changed, as server-sent events.
//! The page itself is whole without: it loads itself again where no script runs.
//!
//! Spec: HTML Living Standard, section 9.2 (server-sent events).

use std::{future::Future, time::Duration};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Bytes, Data},
};
use futures::stream;
use maud::Markup;
use serde_json::json;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout_at},
};

use super::{
    extract::{SignedIn, session_behind},
    problem::{Problem, ProblemKind},
    ui::layout::{self, Home},
};
use crate::{
    app::{App, watchers::Place},
    site::sessions::Session,
    words::text,
};

/// Shortest time between two looks; a copy commits hundreds of times a second.
const BREATH: Duration = Duration::from_millis(500);
/// So many times as long as a look took, nobody looks: a long page is not drawn all the time.
const REST: u32 = 10;
/// Longest of these pauses.
const LONGEST_REST: Duration = Duration::from_secs(5);
/// Silence after which a word is said that nobody hears, so that whoever is gone is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After this a page asks again, and is let in again or not.
const LONGEST: Duration = Duration::from_mins(10);

/// What a page shows at one moment.
pub struct Shown {
    /// Its title.
    pub title: String,
    /// What stands inside `<main>`.
    pub body: Markup,
    /// While there is something to follow: how often it is looked at anyway, in seconds.
    pub follows: Option<u32>,
}

impl Shown {
    /// The whole page, with the place its changes come from.
    pub fn page(&self, app: &App, session: &Session, home: Home, live: &str) -> HttpResponse {
        match self.follows {
            Some(seconds) => {
                layout::following(app, Some(session), home, &self.title, &self.body, (seconds, live))
            }
            None => layout::page(app, Some(session), home, &self.title, &self.body),
        }
    }

    /// One event; its data is one line.
    fn event(&self) -> String {
        let data = json!({"title": self.title, "html": self.body.0, "follow": self.follows});
        format!("event: content\ndata: {data}\n\n")
    }
}

/// What a stream is at work on.
struct Watching<F> {
    app: Data<App>,
    token: String,
    draw: F,
    _place: Place,
    commits: watch::Receiver<u64>,
    ends: watch::Receiver<bool>,
    sent: String,
    seconds: u32,
    looks_again: Instant,
    is_over: Instant,
    is_ended: bool,
}

/// Sends what `draw` shows, now and whenever it has changed, until there is nothing more to follow, the person
/// signs out, or the daemon ends.
///
/// # Errors
/// 429 when the account watches enough already.
pub fn watch<F, Fut>(app: Data<App>, signed: SignedIn, draw: F) -> Result<HttpResponse, Problem>
where
    F: Fn(Data<App>, Session) -> Fut + 'static,
    Fut: Future<Output = Result<Shown, Problem>>,
{
    let Some(place) = app.watchers.take(&signed.session.account.id) else {
        return Err(Problem::new(ProblemKind::TooManyPages, text!("problems-too-many-pages-are-open")));
    };
    let now = Instant::now();
    let watching = Watching {
        commits: app.store.commits(),
        ends: app.watchers.ends(),
        token: signed.token,
        app,
        draw,
        _place: place,
        sent: String::new(),
        seconds: 1,
        looks_again: now,
        is_over: now + LONGEST,
        is_ended: false,
    };
    let events = stream::unfold(watching, |mut watching| async move {
        let words = watching.next().await?;
        Some((Ok::<_, actix_web::Error>(Bytes::from(words)), watching))
    });
    Ok(HttpResponse::build(StatusCode::OK)
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        // A proxy that gathers an answer before it passes it on would pass on nothing.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(Box::pin(events)))
}

impl<F, Fut> Watching<F>
where
    F: Fn(Data<App>, Session) -> Fut,
    Fut: Future<Output = Result<Shown, Problem>>,
{
    /// The next words; none when it is over.
    async fn next(&mut self) -> Option<String> {
        let silent = Instant::now() + HEARTBEAT;
        loop {
            if self.is_ended || *self.ends.borrow() || Instant::now() >= self.is_over {
                return None;
            }
            if timeout_at(silent, self.due()).await.is_err() {
                return Some(":\n\n".to_owned());
            }
            if *self.ends.borrow() {
                return None;
            }
            let began = Instant::now();
            self.commits.mark_unchanged();
            // Whoever has signed out meanwhile sees nothing more.
            let session = session_behind(&self.app, &self.token).await.ok()??;
            let shown = (self.draw)(self.app.clone(), session).await.ok()?;
            self.looks_again = Instant::now() + (began.elapsed() * REST).clamp(BREATH, LONGEST_REST);
            self.seconds = shown.follows.unwrap_or(1);
            self.is_ended = shown.follows.is_none();
            let event = shown.event();
            if self.is_ended {
                return Some(format!("{event}event: end\ndata:\n\n"));
            }
            if event != self.sent {
                self.sent.clone_from(&event);
                return Some(event);
            }
        }
    }

    /// Waits until it is worth looking: something was written here, or it is time anyway; never too soon.
    async fn due(&mut self) {
        let anyway = self.looks_again + Duration::from_secs(self.seconds.into());
        let is_first = self.sent.is_empty();
        tokio::select! {
            _ = self.ends.changed() => return,
            () = async {}, if is_first => return,
            _ = self.commits.changed() => {}
            () = sleep_until(anyway) => {}
        }
        tokio::select! {
            _ = self.ends.changed() => {}
            () = sleep_until(self.looks_again) => {}
        }
    }
}
