//! The story from beginning to end: who does what at which home, in order.

mod follower;
mod person;
mod stage;
mod transfer;

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

pub(crate) use stage::Stage;

use super::{
    checker::{self, Archive, Check, Ends, Findings, Knowledge},
    homes::Homes,
    outcome::Outcome,
    progress::Progress,
};
use crate::adapters::stand_in::Difference;
use transfer::Walk;

/// Walks the whole transfer on a prepared stage and checks it.
///
/// # Errors
/// When a step cannot be done; what merely disagrees stands in the findings.
pub(crate) async fn run(
    homes: &mut Homes,
    stage: &Stage,
    archive_file: &Path,
    before_check: Option<&Path>,
    progress: &Progress,
) -> Result<(Outcome, Findings)> {
    // Homes that are their own servers make faithful copies; others have ways of their own.
    let is_beside = homes.each().iter().any(|home| home.is_beside());
    let accepted: &[_] = if is_beside { &Difference::ALL } else { &[] };
    let (mut outcome, mut findings) = (Outcome::default(), Findings::accepting(accepted));
    progress.step("Reading the archive the checker's own way");
    let archive = Archive::read(archive_file)?;
    let imported = stage.set(homes, archive_file, progress).await?;

    let ends = Ends {
        old: homes.old.at(&format!("/users/{}", stage.old_name))?,
        new: homes.new.at(&format!("/users/{}", stage.new_name))?,
    };
    follower::follow(stage, homes, &ends.old, progress).await?;
    outcome.follower.followed_old_before = true;
    stage.second_posts(homes, progress).await?;

    let walk =
        Walk { person: &stage.mover, old: &homes.old, new: &homes.new, name: &stage.old_name, progress };
    stage.mover.sign_in(&homes.new).await?;
    let transfer = walk.copy().await?;
    walk.choose(&transfer).await?;
    progress.step("New home: copying");
    walk.until(&transfer, &["trial"]).await?;

    progress.step("Checker: what strangers see of the copy during the trial");
    let mover = &stage.mover.browser;
    let map = checker::map(mover, &homes.new, &transfer).await?;
    let counts = &mut outcome.redirects;
    let (name, stranger) = (stage.new_name.as_str(), &stage.stranger);
    checker::check_trial(&archive, &map, &homes.new, name, stranger, counts, &mut findings).await?;
    progress.step("Checker: where everything lives at Old home");
    stage.mover.sign_in(&homes.old).await?;
    let bystander = homes.old.at(&format!("/users/{}", stage.second_name))?;
    let known = known_of_old(stage, homes).await?;
    let before =
        checker::record(&archive, mover, stranger, &ends.old, &bystander, &known, &mut findings).await?;

    let status = walk.announce(&transfer).await?;
    outcome.map = status.map;
    follower::settle(stage, homes, &ends, &mut outcome.follower, progress).await?;
    let follower = outcome.follower;
    findings.expect(follower.follows_new_after, || "the follower does not follow the new account".to_owned());
    findings.expect(!follower.follows_old_after, || "the follower still follows the old account".to_owned());

    if let Some(program) = before_check {
        disturb(program, homes, progress).await?;
    }
    progress.step("Checker: every entry, every address, every hidden thing");
    let report = status.report();
    let map = checker::map(mover, &homes.new, &transfer).await?;
    let reports = [&imported, &report];
    let known = known_of_new(homes, &before, &map);
    let check = Check {
        archive: &archive,
        before: &before,
        ends: &ends,
        owner: mover,
        stranger,
        reports,
        map: &map,
        known: &known,
    };
    check.run(&mut outcome, &mut findings).await?;
    let notified = stage.follower.browser.json(&homes.third.at("/api/v1/notifications")?).await?;
    outcome.notifications_at_follower = checker::disturbances(&notified, &ends.old, &mut findings);
    for home in [&mut homes.old, &mut homes.new, &mut homes.third] {
        home.check()?;
    }
    outcome.elapsed_ms = progress.elapsed_ms();
    Ok((outcome, findings))
}

/// What Old home's documents do not say where it stands beside another server: which entry of the archive
/// each of them was. Its daemon has the list of the import.
async fn known_of_old(stage: &Stage, homes: &Homes) -> Result<Knowledge> {
    let mut known = Knowledge { has_fixed_files: homes.old.is_beside(), ..Knowledge::default() };
    if homes.old.is_beside() {
        let mover = &stage.mover.browser;
        let list = mover.json(&homes.old.at("/api/v1/transfers")?).await?;
        let first = list.pointer("/transfers/0").or_else(|| list.pointer("/0"));
        let id = first.and_then(|one| checker::word(one, "id")).context("Old home lists no import")?;
        for entry in checker::map(mover, &homes.old, &id).await? {
            if let (Some(old), Some(new)) = (checker::word(&entry, "old"), checker::word(&entry, "new")) {
                known.former.entry(new).or_default().push(old);
            }
        }
    }
    Ok(known)
}

/// The same of New home, from the list of the copy.
fn known_of_new(homes: &Homes, before: &checker::Before, map: &[Value]) -> Knowledge {
    let mut known = Knowledge { has_fixed_files: homes.new.is_beside(), ..Knowledge::default() };
    if homes.new.is_beside() {
        for entry in map {
            let (Some(old), Some(new)) = (checker::word(entry, "old"), checker::word(entry, "new")) else {
                continue;
            };
            let first = before.places.iter().find(|(_, place)| place.id == old).map(|(id, _)| id.clone());
            known.former.entry(new).or_default().extend([Some(old), first].into_iter().flatten());
        }
    }
    known
}

/// Runs a program that changes something behind the servers' backs: the checker must notice.
async fn disturb(program: &Path, homes: &Homes, progress: &Progress) -> Result<()> {
    progress.step("Running the given program before the last check");
    let status = tokio::process::Command::new(program)
        .env("OLD_DIR", &homes.old.data_dir)
        .env("NEW_DIR", &homes.new.data_dir)
        .env("THIRD_DIR", &homes.third.data_dir)
        // The walk's own output is one JSON object.
        .stdout(std::process::Stdio::null())
        .status()
        .await
        .with_context(|| format!("running {}", program.display()))?;
    if !status.success() {
        bail!("{} ended with {status}", program.display());
    }
    Ok(())
}
