//! The follower at the third server: follows the old account, and is asked nothing when it moves.

use std::time::Duration;

use anyhow::{Result, bail};
use url::Url;

use super::stage::Stage;
use crate::cli::demo::{
    checker::{Ends, states},
    homes::Homes,
    outcome::Follower,
    progress::Progress,
};

/// Where the follower's list is, for programs.
const FOLLOWING: &str = "/api/v1/following";
/// A server that has not acted on an announcement after this long counts as one that did not.
const SETTLED_WITHIN: Duration = Duration::from_mins(2);

/// Follows by the form on the page and waits until Old home has accepted.
///
/// # Errors
/// When the page lacks the form or a server does not answer.
pub(crate) async fn follow(stage: &Stage, homes: &Homes, old: &Url, progress: &Progress) -> Result<()> {
    progress.step("Third server: following the old account");
    let fay = &stage.follower;
    fay.sign_in(&homes.third).await?;
    let page = fay.open(&homes.third.at("/home")?).await?;
    let handle = format!("@{}@{}", stage.old_name, homes.old.domain());
    let form = page.form_to("/follows")?.fill("handle", &handle)?;
    fay.browser.submit(&form).await?;
    progress.step("Third server: waiting for Old home's yes");
    fay.wait(&homes.third, FOLLOWING, |list| {
        let state = states(list).into_iter().find(|(actor, _)| actor == old.as_str()).map(|(_, state)| state);
        match state.as_deref() {
            Some("accepted") => Ok(Some(())),
            Some("asked") | None => Ok(None),
            Some(other) => bail!("the follow of {old} is {other}"),
        }
    })
    .await
}

/// Waits until the follower follows the new account and not the old one; writes down how it ended.
///
/// # Errors
/// When the third server does not answer.
pub(crate) async fn settle(
    stage: &Stage,
    homes: &Homes,
    ends: &Ends,
    follower: &mut Follower,
    progress: &Progress,
) -> Result<()> {
    progress.step("Third server: waiting until the follower follows the new account");
    let wait = stage.follower.wait(&homes.third, FOLLOWING, |list| {
        let states = states(list);
        let has = |actor: &Url| states.iter().any(|(known, _)| known == actor.as_str());
        let new = (ends.new.to_string(), "accepted".to_owned());
        follower.follows_new_after = states.contains(&new);
        follower.follows_old_after = has(&ends.old);
        Ok((follower.follows_new_after && !follower.follows_old_after).then_some(()))
    });
    match tokio::time::timeout(SETTLED_WITHIN, wait).await {
        Ok(settled) => settled,
        // Not an error of the walk: the checker says what it found.
        Err(_) => Ok(()),
    }
}
