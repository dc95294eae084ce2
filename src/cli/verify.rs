//! `godwit verify FILE`: looks at a certificate without asking anybody.

use std::{
    fs::{self, File},
    io::{self, BufReader, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;

use crate::transfer::check::{Findings, KeyFound, check};

/// Longest certificate that is read.
const LONGEST_BYTES: u64 = 16 << 20;

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct VerifyArguments {
    /// The certificate, as downloaded.
    file: PathBuf,
    /// The list of items as JSON lines, as downloaded: counted again and compared.
    #[arg(long)]
    items: Option<PathBuf>,
    /// Prints everything as JSON.
    #[arg(long)]
    json: bool,
}

/// Looks at a certificate; 0 when everything holds, 1 when something does not.
///
/// # Errors
/// When a file cannot be read.
pub fn run(arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let file = &arguments.file;
    let bytes = fs::metadata(file).with_context(|| format!("reading {}", file.display()))?.len();
    anyhow::ensure!(bytes <= LONGEST_BYTES, "{} is larger than any certificate", file.display());
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let items = match &arguments.items {
        Some(path) => {
            let opened = File::open(path).with_context(|| format!("reading {}", path.display()))?;
            Some(BufReader::new(opened))
        }
        None => None,
    };
    let found = match items {
        Some(mut items) => check(&text, Some(&mut items))?,
        None => check(&text, None)?,
    };
    let mut out = io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?;
    } else {
        tell(&found, &mut out)?;
    }
    Ok(if found.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(found: &Findings, out: &mut impl Write) -> io::Result<()> {
    if let Some(certificate) = &found.certificate {
        let name = |actor: &Option<url::Url>| actor.as_ref().map_or("a file".to_owned(), url::Url::to_string);
        writeln!(out, "{} → {}", name(&certificate.old_actor), name(&certificate.new_actor))?;
        writeln!(out, "issued {} ({})\n", certificate.issued_at.text(), certificate.occasion.as_str())?;
        writeln!(
            out,
            "{:<16}{:>10}{:>10}{:>10}{:>10}{:>13}{:>8}",
            "", "Old home", "read", "here", "declined", "not carried", "failed"
        )?;
        for (kind, line) in &certificate.kinds {
            let stated = line.stated.map_or("–".to_owned(), |stated| stated.count.to_string());
            writeln!(
                out,
                "{:<16}{stated:>10}{:>10}{:>10}{:>10}{:>13}{:>8}",
                kind.as_str(),
                line.read,
                line.here,
                line.declined,
                line.not_carried,
                line.failed
            )?;
        }
        for reason in certificate.reasons.iter().chain(&certificate.gaps) {
            writeln!(out, "  {} {}: {}", reason.count, reason.kind, reason.why)?;
        }
        writeln!(out)?;
    }
    if let Some(key) = &found.issuer {
        signed(out, "The certificate", key)?;
    }
    if let Some(key) = &found.old_home {
        signed(out, "Old home's numbers", key)?;
    }
    if let Some(why) = &found.alone {
        writeln!(out, "The numbers of Old home are New home's word alone: {why}.")?;
    }
    if let Some(items) = found.items {
        writeln!(
            out,
            "{items} items are listed; Old home's digests were computed again for: {}.",
            or_none(&found.recomputed)
        )?;
    }
    if found.issuer.is_some() {
        writeln!(
            out,
            "\nThis proves that the file is as the keys signed it, and that its numbers add up. It does not prove\n\
             whose keys they are: compare the fingerprints with the keys at the addresses above."
        )?;
    }
    for wrong in &found.wrong {
        writeln!(out, "WRONG: {wrong}.")?;
    }
    writeln!(out, "{}", if found.wrong.is_empty() { "Everything holds." } else { "It does not hold." })
}

fn signed(out: &mut impl Write, what: &str, key: &KeyFound) -> io::Result<()> {
    writeln!(out, "{what}: signed with {}\n  fingerprint (SHA-256) {}", key.key_id, key.fingerprint)
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
