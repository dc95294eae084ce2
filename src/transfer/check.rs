//! A certificate looked at by anybody, with nothing but the file: signatures, sums, and the list of
//! items behind it.

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

use serde::Serialize;

use super::certificate::inventory;
use crate::{
    model::{
        certificate::{Certificate, FORM, OldSide},
        digest::{Digest, Running},
        id::ItemKey,
        inventory::{Entry, Inventory, Tally},
        item::ItemKind,
        listing::Line,
    },
    wire::seal::{self, Sealed},
};

/// Longest line of a list that is read.
const LONGEST_LINE: u64 = 1 << 16;

/// A key and who it is said to be of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyFound {
    /// Address of the key.
    pub key_id: String,
    /// The SHA-256 of the public key.
    pub fingerprint: Digest,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Findings {
    /// The key the certificate is signed with.
    pub issuer: Option<KeyFound>,
    /// The key Old home's statement is signed with, where there is one.
    pub old_home: Option<KeyFound>,
    /// Why the numbers of Old home are New home's word alone.
    pub alone: Option<String>,
    /// Lines of the list that were counted.
    pub items: Option<u64>,
    /// Kinds whose digest, computed from the list, is the one Old home signed.
    pub recomputed: Vec<String>,
    /// What is not as it should be; empty when everything holds.
    pub wrong: Vec<String>,
    /// The certificate itself.
    pub certificate: Option<Certificate>,
}

/// Looks at a certificate, and at the list of items if it is there.
///
/// # Errors
/// When a file cannot be read; what is wrong with its content is among the findings.
pub fn check(document: &str, items: Option<&mut dyn BufRead>) -> io::Result<Findings> {
    let mut found = Findings::default();
    let Ok(sealed) = serde_json::from_str::<Sealed>(document) else {
        found.wrong.push("this is no certificate".to_owned());
        return Ok(found);
    };
    let Ok(certificate) = serde_json::from_value::<Certificate>(sealed.statement.clone()) else {
        found.wrong.push("the certificate is not understood; a newer godwit may be needed".to_owned());
        return Ok(found);
    };
    if certificate.form != FORM {
        found.wrong.push(format!("the certificate has form {}, and only {FORM} is known", certificate.form));
    }
    match sealed.check(&certificate.issuer_key_pem) {
        Ok(()) => found.issuer = key(&sealed.signature.key_id, &certificate.issuer_key_pem),
        Err(why) => found.wrong.push(format!("the certificate: {why}")),
    }
    if !is_key_of(&sealed.signature.key_id, certificate.issuer.as_str()) {
        found.wrong.push("the certificate is not signed with its issuer's key".to_owned());
    }
    let stated = old_side(&certificate, &mut found);
    found.wrong.extend(certificate.contradictions(stated.as_ref()));
    if let Some(items) = items {
        list(&certificate, items, &mut found)?;
    }
    found.certificate = Some(certificate);
    Ok(found)
}

fn key(key_id: &str, pem: &str) -> Option<KeyFound> {
    seal::fingerprint(pem).map(|fingerprint| KeyFound { key_id: key_id.to_owned(), fingerprint })
}

fn is_key_of(key_id: &str, actor: &str) -> bool {
    key_id.split('#').next() == Some(actor)
}

/// Old home's statement inside the certificate, checked like the certificate itself.
fn old_side(certificate: &Certificate, found: &mut Findings) -> Option<Inventory> {
    let (statement, key_pem) = match &certificate.old_side {
        OldSide::NewHomeAlone { why } => {
            found.alone = Some(why.clone());
            return None;
        }
        OldSide::OldHome { statement, key_pem } => (statement, key_pem),
    };
    let Ok(sealed) = serde_json::from_value::<Sealed>(statement.clone()) else {
        found.wrong.push("Old home's statement is not understood".to_owned());
        return None;
    };
    match sealed.check(key_pem) {
        Ok(()) => found.old_home = key(&sealed.signature.key_id, key_pem),
        Err(why) => found.wrong.push(format!("Old home's statement: {why}")),
    }
    let stated = inventory(&sealed);
    match &stated {
        None => found.wrong.push("Old home's statement is not understood".to_owned()),
        Some(stated) if Some(&stated.actor) != certificate.old_actor.as_ref() => {
            found.wrong.push("Old home's statement is about another account".to_owned());
        }
        Some(_) => {}
    }
    stated
}

/// Counts the list, hashes it, and computes Old home's digests from it once more.
fn list(certificate: &Certificate, items: &mut dyn BufRead, found: &mut Findings) -> io::Result<()> {
    let (mut hash, mut lines, mut text) = (Running::default(), 0_u64, Vec::new());
    let mut states: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut tallies: BTreeMap<ItemKind, (Tally, bool)> = BTreeMap::new();
    loop {
        text.clear();
        let read = io::Read::take(&mut *items, LONGEST_LINE).read_until(b'\n', &mut text)?;
        if read == 0 {
            break;
        }
        hash.add(&text);
        lines += 1;
        let Ok(line) = serde_json::from_slice::<Line>(&text) else {
            found.wrong.push(format!("line {lines} of the list is not understood"));
            return Ok(());
        };
        *states.entry((line.kind.clone(), line.state.clone())).or_default() += 1;
        let Some(kind) = ItemKind::from_word(&line.kind) else { continue };
        let Some(said) = certificate.kinds.get(&kind).and_then(|counts| counts.stated) else { continue };
        let (tally, is_whole) = tallies.entry(kind).or_insert_with(|| (Tally::new(said.bits), true));
        match line.content {
            Some(content) => tally.add(kind, &Entry { key: ItemKey::from(line.key), content }),
            None => *is_whole = false,
        }
    }
    found.items = Some(lines);
    if hash.finish() != certificate.items {
        found
            .wrong
            .push("the list is not the one the certificate was issued with; download both again".to_owned());
    }
    for (kind, counts) in &certificate.kinds {
        let name = kind.as_str();
        let listed = |state: &str| states.get(&(name.to_owned(), state.to_owned())).copied().unwrap_or(0);
        // A kind that was not wanted was counted and never read: it has no lines.
        let is_unread = states.keys().all(|(kind, _)| kind != name) && counts.declined == counts.read;
        let sides =
            [("declined", counts.declined), ("skipped", counts.not_carried), ("failed", counts.failed)];
        for (state, expected) in sides.into_iter().filter(|_| !is_unread) {
            if listed(state) != expected {
                found.wrong.push(format!("{name}: the list has {} {state}, not {expected}", listed(state)));
            }
        }
        if let (Some(said), Some((tally, true))) = (counts.stated, tallies.get(kind)) {
            if tally.total() == said {
                found.recomputed.push(name.to_owned());
            } else if !certificate.gaps.iter().any(|gap| gap.kind == name) {
                found.wrong.push(format!("{name}: the list is not what Old home signed"));
            }
        }
    }
    Ok(())
}
