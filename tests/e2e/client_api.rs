//! A whole move from a server on which nobody installed anything: it answers the interface every client
//! uses, enforces limits it does not announce, and its owner presses the button on its own page.

use std::{
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use url::Url;

use crate::{
    client_server::{Asked, ClientServer, Contents, Limit, Manner, USUAL},
    lab::{
        address,
        browser::{ACTIVITY, Answer, PAGES},
        home::{Home, OPEN},
        mover::{Mover, comes_out_even, count},
        peer::{self, Peer, Reply},
    },
};

const CONTENTS: Contents = Contents { statuses: 90, following: 85, bookmarks: 25, favourites: 45 };

/// The server, running.
struct There {
    server: Arc<Mutex<ClientServer>>,
    peer: Peer,
}

impl There {
    fn start(manner: Manner, limits: Vec<Limit>) -> Self {
        let authority = address();
        let mut server = ClientServer::new(&format!("http://{authority}"), manner, CONTENTS);
        server.limits = limits;
        let server = Arc::new(Mutex::new(server));
        let answering = Arc::clone(&server);
        let peer = Peer::start(&authority, move |asked| reply(&answering, asked));
        Self { server, peer }
    }

    fn handle(&self) -> String {
        format!("@ann@{}", self.peer.authority)
    }

    /// The owner gives their new address on its own page; it looks at it first, as such servers do.
    async fn press_move(&self, mover: &Mover, target: &str) {
        let actor = self.server.lock().unwrap().actor();
        let new = mover.browser.get(target, ACTIVITY).await.good();
        let names = new["alsoKnownAs"].as_array().unwrap();
        assert!(names.iter().any(|name| *name == actor.as_str()), "it would refuse: {new:#}");
        self.server.lock().unwrap().moved_to = Some(target.to_owned());
    }
}

fn reply(server: &Mutex<ClientServer>, asked: &peer::Asked) -> Reply {
    let header = |name: &str| asked.headers.get(name).map(String::as_str);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let asked = Asked {
        method: &asked.method,
        path: &asked.path,
        query: &asked.query,
        token: header("authorization").and_then(|text| text.strip_prefix("Bearer ")),
        accept: header("accept").unwrap_or_default(),
        body: &asked.body,
    };
    let answer = server.lock().unwrap().answer(&asked, now);
    let mut reply = Reply::bytes(answer.kind, &answer.body).with_status(answer.status);
    for (name, value) in answer.headers {
        reply = reply.with(name, &value);
    }
    reply
}

/// New home with Eve signed in.
async fn new_home(there: &There) -> (Home, Mover) {
    let mut new = Home::new(&address(), &[&there.peer.authority], OPEN);
    new.account("eve");
    new.start();
    let mover = Mover::guest(&new, "eve").await;
    (new, mover)
}

/// Types the handle on New home's page, says yes at Old home, comes back; gives the transfer's id.
async fn begin(there: &There, mover: &Mover) -> (String, Answer) {
    let new = mover.new_origin();
    let form = mover.browser.visit(&format!("{new}/transfers/new")).await.form("handle");
    let sent = mover.browser.submit(&form.fill("handle", &there.handle()).unwrap()).await;
    // What cannot be had this way is said before anybody signs in anywhere.
    assert!(sent.text().contains("Links to your old posts stay at Old home"), "{}", sent.text());
    let asked = sent.link_to("/oauth/authorize");
    let scope = asked.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
    assert!(scope.split(' ').all(|one| one == "read" || one.starts_with("read:")), "{scope}");
    let page = mover.browser.follow(mover.browser.get(asked.as_str(), PAGES).await).await;
    let id =
        page.url.path().strip_prefix("/transfers/").unwrap_or_else(|| panic!("{}", page.words())).to_owned();
    (id, page)
}

fn everything_is_there(status: &Value) {
    comes_out_even(status);
    for (kind, number) in [
        ("posts", CONTENTS.posts()),
        ("boosts", CONTENTS.boosts()),
        ("media", CONTENTS.files()),
        ("following", CONTENTS.following),
        ("bookmarks", CONTENTS.bookmarks),
        ("likes", CONTENTS.favourites),
        ("blocked", 2),
        ("muted", 2),
        ("blocked_domains", 2),
        ("filters", 1),
        ("lists", 2),
        ("pins", 2),
        ("notes", 2),
        ("featured_tags", 1),
        ("followed_tags", 1),
    ] {
        assert_eq!(count(status, kind, "source"), number, "{kind}: {status:#}");
        assert_eq!(count(status, kind, "destination"), number, "{kind}: {status:#}");
    }
}

#[tokio::test]
async fn an_account_moves_from_a_server_where_nobody_installed_anything() {
    // It refuses without a word after so many requests in so short a time.
    let there = There::start(USUAL, vec![Limit { requests: 20, seconds: 2, is_paging: false }]);
    let (mut new, mover) = new_home(&there).await;
    let (id, _) = begin(&there, &mover).await;
    mover.until(&id, "awaiting_choice").await;
    let page = format!("{}/transfers/{id}", mover.new_origin());
    let before = mover.browser.visit(&page).await;
    let said = before.text();
    assert!(said.contains("About 90 posts and boosts"), "{said}");
    assert!(said.contains("nothing there can send visitors on"), "{said}");
    assert!(said.contains("you press the button on its own page"), "{said}");
    mover.browser.submit(&before.form("originals_only")).await;

    // Once in the middle it is killed.
    let half = CONTENTS.posts() / 3;
    loop {
        let status = mover.status(&id, None).await;
        if count(&status, "posts", "source") >= half || status["state"] == "trial" {
            break;
        }
        mover.status(&id, status["version"].as_u64()).await;
    }
    new.kill();
    new.start();

    let status = mover.until(&id, "trial").await;
    everything_is_there(&status);
    assert!(there.server.lock().unwrap().refused > 0, "its limit was met");
    let shown = mover.browser.visit(&page).await;
    assert!(shown.text().contains("the numbers of both homes are this server's own"), "{}", shown.text());
    let certificate =
        mover.browser.json(&format!("{}/api/v1/transfers/{id}/certificate", mover.new_origin())).await;
    assert!(
        certificate.to_string().contains("both sides' numbers are this server's alone"),
        "{certificate:#}"
    );
    let target = format!("{}/users/eve", mover.new_origin());
    let stranger = crate::lab::browser::Browser::new();
    let outbox = stranger.get(&format!("{target}/outbox"), ACTIVITY).await.good();
    assert_eq!(outbox["totalItems"], 0, "nobody sees the copy: {outbox:#}");

    // The only way to announce is Old home's own page.
    let mut forms = crate::forms::forms(&shown.text(), &shown.url).into_iter();
    let announce = forms.find(|form| form.action.path().ends_with("/announce")).unwrap();
    let page_after = mover.browser.follow(mover.browser.submit(&announce).await).await;
    assert_eq!(page_after.url.as_str(), page);
    mover.until(&id, "awaiting_announcement").await;
    let waiting = mover.browser.visit(&page).await;
    assert!(waiting.text().contains("The address to give there: <strong>@eve@"), "{}", waiting.text());
    let web_address = format!("give this one: <strong>{target}</strong>");
    assert!(waiting.text().contains(&web_address), "{}", waiting.text());
    let finish = mover.browser.get(&format!("{page}/finish"), PAGES).await;
    assert_eq!(finish.location().unwrap().as_str(), format!("{}/settings/migration", there.peer.origin));
    assert_eq!(there.server.lock().unwrap().tokens.revoked.len(), 1, "the permission was given back");
    assert_eq!(
        mover.status(&id, None).await["state"],
        "awaiting_announcement",
        "nothing was pressed there yet"
    );
    there.press_move(&mover, &target).await;
    mover.browser.visit(&page).await;
    let done = mover.until(&id, "done").await;
    everything_is_there(&done);
    assert_eq!(done["ending"], "announce");
    assert!(new.is_well());
}

#[tokio::test]
async fn a_copy_from_such_a_server_can_be_thrown_away_and_its_permission_is_given_back() {
    let manner = Manner { publishes: false, ..USUAL };
    let there = There::start(manner, Vec::new());
    let (mut new, mover) = new_home(&there).await;
    let (id, _) = begin(&there, &mover).await;
    mover.until(&id, "awaiting_choice").await;
    mover.press(&id, "discard").await.good();
    mover.until(&id, "discarded").await;
    assert_eq!(there.server.lock().unwrap().tokens.revoked.len(), 1);
    let secrets = there.server.lock().unwrap().tokens.revoked.iter().next().unwrap().clone();
    let database = std::fs::read(new.database()).unwrap();
    let readable = String::from_utf8_lossy(&database);
    assert!(!readable.contains(&secrets) && !readable.contains(crate::client_server::oauth::SECRET));
    assert!(!new.log().contains(&secrets) && !new.log().contains(crate::client_server::oauth::SECRET));
    assert!(new.is_well());
}

#[tokio::test]
async fn a_permission_that_is_gone_in_the_middle_is_given_again_and_the_copy_goes_on() {
    // Slow enough that the permission is taken back before all is read.
    let there = There::start(USUAL, vec![Limit { requests: 20, seconds: 2, is_paging: false }]);
    let (mut new, mover) = new_home(&there).await;
    let (id, _) = begin(&there, &mover).await;
    mover.until(&id, "awaiting_choice").await;
    let page = format!("{}/transfers/{id}", mover.new_origin());
    there.server.lock().unwrap().tokens.revoke_all();
    mover.browser.submit(&mover.browser.visit(&page).await.form("originals_only")).await;
    let failed = mover.until(&id, "failed").await;
    assert!(failed["problem"].to_string().contains("Sign in there again"), "{failed:#}");

    let shown = mover.browser.visit(&page).await;
    let mut forms = crate::forms::forms(&shown.text(), &shown.url).into_iter();
    let again = forms.find(|form| form.action.path().ends_with("/sign-in")).unwrap();
    let back = mover.browser.follow(mover.browser.submit(&again).await).await;
    assert_eq!(back.url.as_str(), page, "{}", back.words());
    everything_is_there(&mover.until(&id, "trial").await);
    assert!(new.is_well());
}

#[tokio::test]
async fn an_answer_for_another_account_is_not_taken_for_this_one() {
    let there = There::start(USUAL, Vec::new());
    let (mut new, mover) = new_home(&there).await;
    let started = mover.try_asking(&there.handle()).await.good();
    let url = Url::parse(started["authorize_url"].as_str().unwrap()).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for wrong in
        [[("code", "another"), ("state", state.as_str())], [("code", "the-code"), ("state", "none.x")]]
    {
        let answer = mover.come_back(&wrong).await;
        assert_eq!(answer.status, 422, "{}", answer.words());
    }
    assert_eq!(mover.status(started["id"].as_str().unwrap(), None).await["state"], "awaiting_consent");
    assert!(new.is_well());
}
