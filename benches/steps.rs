//! The steps of a transfer inside one program, each timed; prints `name value unit` lines.
//!
//! `cargo bench --bench steps -- 10000` says how many posts; nothing here passes or fails by time.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on ends here, and its lines are its result"
)]

#[path = "steps/account.rs"]
mod account;
#[path = "../tests/laboratory/mod.rs"]
mod laboratory;

use std::time::Instant;

use godwit::{
    adapters::lola::LolaSource,
    model::{
        collection::CollectionKind,
        id::TransferId,
        item::{Item, ItemKind},
        mapping::Reservation,
        transfer::{
            Origin,
            TransferState::{self, HandingOver, Trial},
        },
    },
    oauth::scope::Scope,
    port::source::Source,
    site::accounts::Account,
    store::{logins, transfers, url_map},
    transfer::{
        announce,
        hand_over::departure_of,
        redirect::{self, Wanted},
        remap, status, tokens, trial,
    },
};
use laboratory::Home;
use url::Url;

/// Posts when nobody says how many.
const POSTS: usize = 10_000;
/// Items on one page, as a daemon has it that nobody told otherwise.
const PAGE_ITEMS: usize = 200;
/// Addresses asked for and items rewritten, at most.
const SAMPLE: usize = 5_000;

fn main() {
    // The test runner calls benches too, with a flag of its own; then nothing is measured.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let posts = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(POSTS);
    actix_web::rt::System::new().block_on(measure(posts));
}

async fn measure(posts: usize) {
    let disk = tempfile::tempdir().unwrap();
    let archive = account::write(disk.path(), posts);
    let [old, new] = Box::pin(laboratory::homes(["old", "new"], PAGE_ITEMS)).await;
    let (ann, eve) = (old.account("ann").await, new.account("eve").await);

    let path = archive.to_string_lossy().into_owned();
    let import = old.begin(&ann, Origin::Archive { path, beside: Vec::new() }, None).await;
    let items = copied(&old, &import, "import").await;
    trial::keep(&old.app.engine, &old.transfer(&import).await).await.unwrap();
    old.advance(&old.app.engine, &import).await;

    exported(&old, &new, &ann, items).await;

    let actor = old.host_account("ann").await.actor;
    let login = old.consent("ann", &new, Scope::Read).await;
    let copy = new.begin(&eve, Origin::Live { actor: actor.clone() }, Some(login)).await;
    copied(&new, &copy, "move").await;

    let places = announced(&old, &new, &copy).await;
    redirected(&old, &places).await;
    remapped(&new, &eve, &actor, &copy).await;
}

/// Runs a copy to its trial, each step timed; how many items it brought.
async fn copied(home: &Home, id: &TransferId, name: &str) -> u64 {
    let begin = Instant::now();
    let mut state = TransferState::Surveying;
    while state != TransferState::Trial {
        let step = Instant::now();
        let next = home.advance(&home.app.engine, id).await.state;
        say(&format!("{name}_{}", state.as_str()), step.elapsed().as_secs_f64(), "s");
        state = next;
    }
    let report = status::report(&home.app.engine, &home.transfer(id).await).await.unwrap();
    let items = report.items.values().map(|counts| counts.source).sum();
    rate(name, items, begin);
    items
}

/// Reads the whole account: from the tables, and over HTTP.
async fn exported(old: &Home, new: &Home, ann: &Account, items: u64) {
    let account = old.host_account(&ann.username).await;
    let own = old.app.source_of(&account, true).await.unwrap();
    let begin = Instant::now();
    read(&*own, items).await;
    rate("export_pages", items, begin);
    let login = old.consent(&ann.username, new, Scope::Read).await;
    let (remote, signer) = (new.app.remote.clone(), new.app.engine.signer.clone());
    let token = login.access_token.unwrap();
    let wire = LolaSource::open(remote, signer, &account.actor, &token).await.unwrap();
    let begin = Instant::now();
    read(&wire, items).await;
    rate("export_http", items, begin);
}

async fn read(source: &dyn Source, expected: u64) {
    let mut found = 0;
    for kind in source.collections() {
        let mut cursor = None;
        loop {
            let page = source.page(kind, cursor.as_ref(), 100).await.unwrap();
            found += page.items.len();
            let Some(next) = page.next else { break };
            cursor = Some(next);
        }
    }
    assert!(u64::try_from(found).unwrap() <= expected, "more was read than there is");
}

/// Hands the map over, proves it, announces; the old addresses.
async fn announced(old: &Home, new: &Home, copy: &TransferId) -> Vec<Url> {
    let (store, clock) = (&new.app.store, &new.app.clock);
    let login = old.consent("ann", new, Scope::HandOver).await;
    let bearer = login.access_token.clone().unwrap();
    logins::keep(store, copy, &login).await.unwrap();
    transfers::step(store, copy, Trial, HandingOver, clock.now_micros()).await.unwrap();
    let begin = Instant::now();
    new.advance(&new.app.engine, copy).await;
    let (entries, _) = url_map::counts(store, copy).await.unwrap();
    rate("hand_over", entries, begin);

    let side = old.app.source_side();
    let grant = tokens::authenticate(&side.store, &*side.clock, &bearer).await.unwrap().unwrap();
    let departure = departure_of(&side, &grant).await.unwrap().unwrap();
    let ann = old.host_account("ann").await;
    assert_eq!(announce::announce(&side, &ann, &departure).await.unwrap(), []);
    let begin = Instant::now();
    while announce::advance(&side, &departure.id).await.unwrap() {}
    rate("prove", entries, begin);
    let (mut places, mut after) = (Vec::new(), String::new());
    while places.len() < SAMPLE {
        let page = url_map::entries(store, copy, &after, 200, false).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after.clone_from(last);
        places.extend(page.into_iter().map(|(_, entry)| entry.old));
    }
    places
}

async fn redirected(old: &Home, places: &[Url]) {
    let (app, mut moved) = (&old.app, 0_u64);
    let begin = Instant::now();
    for place in places {
        let now = app.clock.now_micros();
        let answer = redirect::answer(&app.store, &*app.host, place, Wanted::Activity, now).await.unwrap();
        moved += u64::from(matches!(answer, redirect::Answer::Moved { .. }));
    }
    rate("redirects", u64::try_from(places.len()).unwrap(), begin);
    assert!(moved > 0, "nothing was forwarded");
}

/// Rewrites posts in memory, every address known.
async fn remapped(new: &Home, eve: &Account, actor: &Url, copy: &TransferId) {
    let account = new.host_account(&eve.username).await;
    let own = new.app.source_of(&account, true).await.unwrap();
    let (mut posts, mut cursor) = (Vec::new(), None);
    while posts.len() < SAMPLE {
        let page = own.page(CollectionKind::Content, cursor.as_ref(), 200).await.unwrap();
        posts.extend(page.items);
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    let sides = remap::Sides { source_actor: actor.clone(), account };
    let place = |item: &Item| Reservation {
        key: item.key(),
        kind: ItemKind::Posts,
        local_id: copy.as_str().into(),
        url: actor.clone(),
        page: None,
    };
    let known = remap::Known {
        posts: posts.iter().map(|item| (item.key().to_string(), place(item))).collect(),
        ..remap::Known::default()
    };
    let begin = Instant::now();
    for item in &posts {
        std::hint::black_box(remap::addresses(item));
        std::hint::black_box(remap::remap(item, &place(item), &sides, &known));
    }
    rate("remap", u64::try_from(posts.len()).unwrap(), begin);
}

fn rate(name: &str, items: u64, begin: Instant) {
    let items = u32::try_from(items).map_or(f64::INFINITY, f64::from);
    say(name, items / begin.elapsed().as_secs_f64(), "items/s");
}

fn say(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.2} {unit}");
}
