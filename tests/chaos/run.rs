//! One run: a whole move, one kill, and a bad wire; at its end everything is there once.

use std::{
    collections::BTreeSet,
    sync::PoisonError,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    dice::Dice,
    lab::{
        browser::{ACTIVITY, ANYTHING, Browser, JSON, PAGES},
        mover::{Mover, comes_out_even, count},
        tables,
    },
    stage::{FILES, POSTS, Scene, Side, kill},
    wire::Moment,
};

/// When a home is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Between two words of the owner, while a transfer is in this state.
    AtRest(&'static str),
    /// At the first sight of this state.
    AtFirst(&'static str),
    /// Some requests after a state was entered: reading, handing over, proving.
    AtRequest(&'static str, u64, Moment),
    /// While this much of the account is written, in percent.
    Written(u64),
    /// When a follower gets the first letter.
    AtLetter,
}

/// The kill of a run.
#[derive(Debug, Clone, Copy)]
pub struct Kill {
    /// Whose.
    pub side: Side,
    /// When.
    pub when: When,
}

/// Requests of homes that a phase has, about.
const SPANS: [(&str, u64); 3] = [("copying", 90), ("handing_over", 14), ("announcing", 2_000)];

impl Kill {
    /// The kills by number: every step in turn, at the side and the moment that the dice say.
    pub fn drawn(number: u64, dice: &mut Dice) -> Self {
        let side = dice.one_of(&[Side::Old, Side::New]);
        let moment = dice.one_of(&[Moment::Before, Moment::Within, Moment::Halfway]);
        let mut at = |(phase, span): (&'static str, u64)| When::AtRequest(phase, dice.below(span), moment);
        let when = match number % 12 {
            0 => at(SPANS[0]),
            1 => When::AtFirst("surveying"),
            2 => When::AtFirst("fetching"),
            3 => When::AtFirst("planned"),
            4 => When::Written(dice.below(100)),
            5 => When::AtFirst("verifying"),
            6 => When::AtRest("trial"),
            7 => at(SPANS[1]),
            8 => When::AtRest("awaiting_announcement"),
            9 => at(SPANS[2]),
            10 => When::AtLetter,
            _ if number % 24 < 12 => When::AtRest("awaiting_consent"),
            _ => at(SPANS[usize::try_from(number / 24 % 3).unwrap()]),
        };
        Self { side, when }
    }
}

/// How long a phase may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(3);

/// One run under way.
struct Run<'a> {
    scene: &'a Scene,
    mover: Mover,
    kill: Kill,
    is_killed: bool,
    dice: Dice,
    begun: Instant,
}

/// Moves the account with one kill on bad wires.
pub async fn run(scene: &Scene, plan: Kill, dice: Dice) {
    let mover = {
        let old = scene.old.lock().unwrap_or_else(PoisonError::into_inner);
        let new = scene.new.lock().unwrap_or_else(PoisonError::into_inner);
        (old.origin.clone(), old.authority.clone(), new.origin.clone())
    };
    let mover = Mover::at(&mover.0, &mover.1, &mover.2, "ann").await;
    let mut run = Run { scene, mover, kill: plan, is_killed: false, dice, begun: Instant::now() };
    let (id, url) = run.mover.ask().await;
    run.rest("awaiting_consent");
    let back = run.mover.allow(&url).await;
    run.mover.browser.follow(back).await;
    run.phase("copying", 3);
    let status = run.until(&id, "trial").await;
    run.end_of_phase("copying");
    run.everything_is_there_once(&status, &id).await;
    assert_eq!(scene.heard(), [], "somebody heard of a copy on trial");
    run.rest("trial");

    let asked = run.mover.press(&id, "announce").await.good();
    let back = run.mover.allow(asked["authorize_url"].as_str().unwrap()).await;
    run.mover.browser.follow(back).await;
    run.phase("handing_over", 1);
    run.until(&id, "awaiting_announcement").await;
    run.end_of_phase("handing_over");
    assert_eq!(scene.heard(), [], "somebody heard before the last word");
    run.rest("awaiting_announcement");

    assert_eq!(run.mover.last_word().await.status, 303);
    run.phase("announcing", 1);
    if plan.when == When::AtLetter {
        let home = std::sync::Arc::clone(scene.home(plan.side));
        let deed = Box::new(move || kill(&home));
        *scene.at_letter.lock().unwrap_or_else(PoisonError::into_inner) = Some(deed);
        run.is_killed = true;
    }
    run.until_old_home_has("select count(*) from departures where state = 'announced'", 1).await;
    run.until_old_home_has("select count(*) from deliveries where state = 'queued'", 0).await;
    println!("  told after {:.1} s", run.begun.elapsed().as_secs_f64());
    run.end_of_phase("announcing");
    run.followers_were_told_once();
    // New home asks at once when its page is opened; left alone it waits for minutes.
    drop(run.mover.browser.get(&format!("{}/transfers/{id}", run.mover.new_origin()), PAGES).await);
    let status = run.until(&id, "done").await;
    run.everything_is_there_once(&status, &id).await;
    assert_eq!(status["map"]["handed_over"], status["map"]["entries"], "{status:#}");
    run.old_addresses_lead_to_new_ones(&id).await;
    assert!(run.is_killed, "nobody was killed: {plan:?}");
    for side in [Side::Old, Side::New] {
        let mut home = scene.home(side).lock().unwrap_or_else(PoisonError::into_inner);
        assert!(home.is_well(), "{side:?} is not well");
    }
}

impl Run<'_> {
    /// The wires get bad, and the kill is prepared if it is this phase's.
    fn phase(&mut self, name: &'static str, costly: usize) {
        let span = SPANS.iter().find(|(phase, _)| *phase == name).unwrap().1;
        // Old home is asked while copying and handing over, New home while announcing.
        let (busy, other) = if name == "announcing" {
            (&self.scene.to_new, &self.scene.to_old)
        } else {
            (&self.scene.to_old, &self.scene.to_new)
        };
        let quiet = Dice::new(self.dice.draw(), 1);
        busy.disturb(span, costly, Dice::new(self.dice.draw(), 2));
        other.disturb(span, 0, quiet);
        if let When::AtRequest(phase, number, moment) = self.kill.when
            && phase == name
        {
            let home = std::sync::Arc::clone(self.scene.home(self.kill.side));
            busy.at_request(number, moment, move || kill(&home));
            self.is_killed = true;
        }
    }

    /// The wires are good again; a kill that found no request comes now.
    fn end_of_phase(&mut self, name: &str) {
        let undone = [self.scene.to_old.calm(), self.scene.to_new.calm()];
        for deed in undone.into_iter().flatten() {
            println!("  the kill while {name} came at its end");
            deed();
        }
        if let When::AtFirst(_) | When::Written(_) = self.kill.when
            && name == "copying"
            && !self.is_killed
        {
            println!("  the kill while {name} came at its end");
            self.strike();
        }
    }

    /// The owner has a cup of tea.
    fn rest(&mut self, state: &'static str) {
        if self.kill.when == When::AtRest(state) {
            self.strike();
        }
    }

    fn strike(&mut self) {
        kill(self.scene.home(self.kill.side));
        self.is_killed = true;
    }

    /// Follows a transfer into a state; strikes when it is time to.
    async fn until(&mut self, id: &str, wanted: &str) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut seen = None;
        loop {
            let Some(status) = self.look(id, seen).await else {
                assert!(
                    tokio::time::Instant::now() < deadline,
                    "{wanted} was waited for, and nobody answers"
                );
                seen = None;
                continue;
            };
            let state = status["state"].as_str().unwrap();
            if state == wanted {
                println!("  {wanted} after {:.1} s", self.begun.elapsed().as_secs_f64());
                return status;
            }
            assert!(
                !matches!(state, "failed" | "discarded" | "kept"),
                "{wanted} was wanted after {:?}: {status:#}",
                self.kill
            );
            assert!(tokio::time::Instant::now() < deadline, "{wanted} was waited for too long: {status:#}");
            seen = status["version"].as_u64();
            let is_time = match self.kill.when {
                When::AtFirst(first) => state == first,
                When::Written(percent) => {
                    let written = count(&status, "posts", "destination") * 100;
                    state == "importing" && written >= percent * u64::try_from(POSTS).unwrap()
                }
                _ => false,
            };
            if is_time && !self.is_killed {
                self.strike();
                seen = None;
            }
        }
    }

    /// Looks again after each change at Old home until its tables say so.
    async fn until_old_home_has(&self, sql: &'static str, wanted: i64) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut counter = serde_json::json!(0);
        while self.number(Side::Old, sql).await != wanted {
            assert!(tokio::time::Instant::now() < deadline, "{sql}: never {wanted} after {:?}", self.kill);
            let url = format!("{}/api/v1/changes?since={counter}", self.mover.old_origin());
            let answer = self.mover.browser.get(&url, JSON).await;
            // It fell over, and counts from the beginning again.
            counter =
                if answer.status == 503 { serde_json::json!(0) } else { answer.good()["counter"].clone() };
        }
    }

    #[expect(clippy::await_holding_lock, reason = "a home is not killed while its tables are looked at")]
    async fn number(&self, side: Side, sql: &'static str) -> i64 {
        let home = self.scene.home(side).lock().unwrap_or_else(PoisonError::into_inner);
        tables::number(&home, sql).await
    }

    /// The status, after the next change to one that was seen; nothing when its home fell over meanwhile.
    async fn look(&self, id: &str, seen: Option<u64>) -> Option<Value> {
        let seen = seen.map(|version| format!("?seen={version}")).unwrap_or_default();
        let url = format!("{}/api/v1/transfers/{id}{seen}", self.mover.new_origin());
        let answer = self.mover.browser.get(&url, JSON).await;
        (answer.status != 503).then(|| answer.good())
    }

    /// Everything is there once, in the numbers, in the list and in the tables.
    async fn everything_is_there_once(&self, status: &Value, id: &str) {
        comes_out_even(status);
        for (kind, number) in [("posts", POSTS), ("media", FILES)] {
            let here = count(status, kind, "destination");
            assert_eq!(here, u64::try_from(number).unwrap(), "{kind} after {:?}: {status:#}", self.kill);
        }
        let map = self.mover.map(id).await;
        let distinct =
            |field: &str| map.iter().map(|entry| entry[field].to_string()).collect::<BTreeSet<_>>().len();
        let all = POSTS + FILES;
        assert_eq!((map.len(), distinct("old"), distinct("new")), (all, all, all), "{:?}", self.kill);
        for (sql, number) in [
            ("select count(*) from posts", POSTS),
            ("select count(*) from media where post_id is not null", FILES),
            ("select count(*) from notifications", 0),
        ] {
            let there = self.number(Side::New, sql).await;
            assert_eq!(there, i64::try_from(number).unwrap(), "{sql} after {:?}", self.kill);
        }
        let new = self.scene.new.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(new.media().len(), FILES, "half files are left lying: {:#?}", new.media());
    }

    /// The old account's follower got one Move, whatever happened; nobody got anything else but news of
    /// the accounts themselves.
    fn followers_were_told_once(&self) {
        let heard = self.scene.heard();
        let other = heard.iter().find(|(_, letter)| letter["type"] != "Move" && letter["type"] != "Update");
        assert!(other.is_none(), "a follower was notified: {other:#?}");
        let moves: Vec<_> = heard.iter().filter(|(_, letter)| letter["type"] == "Move").collect();
        let ids: BTreeSet<_> = moves.iter().map(|(_, letter)| letter["id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "one Move is told: {heard:#?}");
        assert!(moves.len() <= 2, "only the letter that was on its way may come twice: {heard:#?}");
        assert!(moves.iter().all(|(path, _)| path.starts_with("/old/")), "{heard:#?}");
    }

    async fn old_addresses_lead_to_new_ones(&self, id: &str) {
        let stranger = Browser::new();
        for entry in self.mover.map(id).await.iter().step_by(97) {
            let accept = if entry["kind"] == "media" { ANYTHING } else { ACTIVITY };
            let answer = stranger.get(entry["old"].as_str().unwrap(), accept).await;
            let new = entry["new"].as_str().unwrap();
            let leads = answer.location().map(String::from);
            assert_eq!((answer.status, leads.as_deref()), (301, Some(new)), "after {:?}", self.kill);
            assert_eq!(stranger.get(new, accept).await.status, 200, "{new} after {:?}", self.kill);
        }
    }
}
