//! The two actor documents: the old one stays, points on and keeps its key; the new one answers for it.

use anyhow::Result;
use serde_json::Value;
use url::Url;

use super::{
    archive::{Archive, elements, hex, id_of},
    findings::Findings,
    inventory::{Inventory, word},
    old_home::Before,
    redirects::Ends,
};
use crate::{
    adapters::stand_in::{CUT_TO, Difference},
    cli::demo::browser::{ACTIVITY, ANYTHING, Browser, JSON},
};

/// Checks actors, handles and the second account.
///
/// # Errors
/// When a home does not answer.
pub(crate) async fn check(
    archive: &Archive,
    before: &Before,
    now: &Inventory,
    ends: &Ends,
    stranger: &Browser,
    findings: &mut Findings,
) -> Result<()> {
    let old = stranger.look(&ends.old, ACTIVITY).await?;
    findings.expect(old.status == 200, || format!("the old actor answers {}", old.status));
    let old = old.json().unwrap_or_default();
    findings.expect(word(&old, "movedTo").as_deref() == Some(ends.new.as_str()), || {
        format!("the old actor has moved to {:?}", word(&old, "movedTo"))
    });
    findings.expect(old.get("publicKey") == before.actor.get("publicKey"), || {
        "the key of the old actor has changed".to_owned()
    });
    let aliases = match now.actor.get("alsoKnownAs") {
        Some(Value::Array(list)) => list.iter().filter_map(id_of).collect(),
        Some(one) => id_of(one).into_iter().collect(),
        None => Vec::new(),
    };
    findings.expect(aliases.iter().any(|alias| alias == ends.old.as_str()), || {
        "the new actor does not name the old one".to_owned()
    });
    findings.expect(word(&now.actor, "name").unwrap_or_default() == archive.name, || {
        "the name shown at New home is not the person's".to_owned()
    });
    for (picture, cut_to) in [("icon", "avatar"), ("image", "header")].into_iter().zip(CUT_TO) {
        images(archive, now, picture, cut_to, stranger, findings).await?;
    }
    for actor in [&ends.old, &ends.new] {
        handle(actor, stranger, findings).await?;
    }
    for (request, status) in &before.bystander {
        let now = stranger.look(&request.url, request.accept).await?.status;
        findings.expect(now == *status, || {
            format!("{} belongs to somebody who stays: it answered {status} and answers {now}", request.url)
        });
    }
    Ok(())
}

async fn images(
    archive: &Archive,
    now: &Inventory,
    (field, what): (&str, &str),
    cut_to: (u32, u32),
    stranger: &Browser,
    findings: &mut Findings,
) -> Result<()> {
    let names = ["png", "jpg", "jpeg", "gif", "webp"];
    let Some(hash) = names.iter().find_map(|ending| archive.file(&format!("{what}.{ending}"))) else {
        return Ok(());
    };
    let address = now.actor.get(field).and_then(|image| word(image, "url"));
    let Some(address) = address.and_then(|address| Url::parse(&address).ok()) else {
        findings.add(format!("New home shows no {what}"));
        return Ok(());
    };
    let answer = stranger.look(&address, ANYTHING).await?;
    let is_same = hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &answer.body).as_ref()) == hash;
    if !is_same {
        let sentence = || format!("the {what} at New home is not the file it was ({})", answer.status);
        let picture = image::load_from_memory(&answer.body).ok().filter(|_| answer.status == 200);
        if picture.is_some_and(|picture| (picture.width(), picture.height()) == cut_to) {
            findings.accept(Difference::CutPictures, sentence);
        } else {
            findings.add(sentence());
        }
    }
    Ok(())
}

/// The handle of an actor must lead to it.
async fn handle(actor: &Url, stranger: &Browser, findings: &mut Findings) -> Result<()> {
    let name = actor.path_segments().and_then(Iterator::last).unwrap_or_default();
    let host = actor.host_str().unwrap_or_default();
    let port = actor.port().map_or_else(String::new, |port| format!(":{port}"));
    let mut url = actor.join("/.well-known/webfinger")?;
    url.query_pairs_mut().append_pair("resource", &format!("acct:{name}@{host}{port}"));
    let answer = stranger.look(&url, JSON).await?;
    let links = answer.json().unwrap_or_default();
    let mut found = links.get("links").and_then(Value::as_array).into_iter().flatten();
    let is_there = found.any(|link| word(link, "href").as_deref() == Some(actor.as_str()));
    findings.expect(is_there, || format!("the handle of {actor} does not lead to it ({})", answer.status));
    Ok(())
}

/// How often somebody was notified of anything but the one notice that the old account has a new place.
pub(crate) fn disturbances(list: &Value, old: &Url, findings: &mut Findings) -> u64 {
    let all: Vec<&Value> =
        list.get("notifications").and_then(Value::as_array).into_iter().flatten().collect();
    let is_notice = |one: &&&Value| {
        word(one, "kind").as_deref() == Some("move") && word(one, "actor").as_deref() == Some(old.as_str())
    };
    let notices = all.iter().filter(is_notice).count().min(1);
    let others = all.len() - notices;
    findings.expect(others == 0, || format!("the follower was notified {others} times of what is long past"));
    u64::try_from(others).unwrap_or(u64::MAX)
}

/// Elements of a followers or following list, for programs.
pub(crate) fn states(list: &Value) -> Vec<(String, String)> {
    let following = list.get("following").and_then(Value::as_array);
    let rows = following.map_or_else(|| elements(list).collect(), |rows| rows.iter().collect::<Vec<_>>());
    rows.into_iter().filter_map(|row| Some((word(row, "actor")?, word(row, "state")?))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_notice_of_the_new_place_is_no_disturbance_and_everything_else_is() {
        let old = Url::parse("http://old.localhost:1/users/ann").unwrap();
        let notice = json!({"kind": "move", "actor": old});
        let mut findings = Findings::default();
        assert_eq!(disturbances(&json!({"notifications": [notice]}), &old, &mut findings), 0);
        assert!(findings.is_empty());
        let more = json!({"notifications": [notice, notice, {"kind": "mention", "actor": old}]});
        assert_eq!(disturbances(&more, &old, &mut findings), 2);
        assert!(!findings.is_empty());
    }
}
