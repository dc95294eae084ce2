//! The files, read row by row. Nothing in them is believed: a row that cannot be read is kept with its
//! place and the reason, a file that is none is an error.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use csv::{ByteRecord, ReaderBuilder};
use url::Url;

use super::{Tables, shape};
use crate::{
    model::{collection::CollectionKind, follow::FollowOptions},
    port::error::{AdapterError, Cause},
    wire::lenient,
    words::text,
};

/// Largest file, in bytes; servers write and take no larger ones.
const FILE_BYTES: u64 = 20 << 20;
/// Rows of one file at most.
const ROWS: usize = 100_000;
/// Longest cell, in bytes.
const CELL_BYTES: usize = 2_000;
/// People on one list at most.
const PEOPLE: usize = 20_000;

/// One row, or for lists all rows of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// Somebody.
    Person { handle: String, hides_notifications: bool, options: FollowOptions },
    /// A server.
    Server(String),
    /// A post.
    Address(Url),
    /// A list and who is on it.
    List { title: String, people: Vec<String> },
    /// A row that cannot be read.
    Broken { place: String, why: String },
}

impl Row {
    /// The handles in it.
    pub(super) fn handles(&self) -> Vec<&str> {
        match self {
            Self::Person { handle, .. } => vec![handle.as_str()],
            Self::List { people, .. } => people.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// Reads files, and the `.csv` files of directories.
///
/// # Errors
/// [`AdapterError`] naming the file that cannot be read or told apart.
pub fn read_all(paths: &[PathBuf]) -> Result<Tables, AdapterError> {
    let mut tables = Tables::default();
    for path in paths {
        if path.is_dir() {
            for file in in_directory(path)? {
                read_file(&file, &mut tables)?;
            }
        } else {
            read_file(path, &mut tables)?;
        }
    }
    Ok(tables)
}

fn in_directory(path: &Path) -> Result<Vec<PathBuf>, AdapterError> {
    let broken = |error: std::io::Error| fatal(path, &error.to_string());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(broken)? {
        let file = entry.map_err(broken)?.path();
        let is_followers = name_of(&file).to_lowercase().contains("followers");
        if file.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) && !is_followers {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}

fn read_file(path: &Path, tables: &mut Tables) -> Result<(), AdapterError> {
    let file = File::open(path).map_err(|error| fatal(path, &error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| fatal(path, &error.to_string()))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_BYTES {
        return Err(fatal(path, &text!("archive-a-list-is-larger")));
    }
    read(&name_of(path), &bytes, tables).map_err(|why| fatal(path, &why))
}

/// Reads the bytes of one file into the tables.
pub(super) fn read(name: &str, bytes: &[u8], tables: &mut Tables) -> Result<(), String> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(text!("archive-it-is-no-text"));
    }
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut lines: Vec<(u64, ByteRecord)> = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| error.to_string())? {
        if lines.len() == ROWS {
            return Err(text!("archive-it-has-more-rows", most = ROWS.to_string()));
        }
        lines.push((record.position().map_or(0, csv::Position::line), record.clone()));
    }
    let Some((_, first)) = lines.first() else { return Ok(()) };
    let cells: Vec<&str> = first.iter().map(|cell| std::str::from_utf8(cell).unwrap_or_default()).collect();
    let shape = shape::of(name, &cells).ok_or_else(|| text!("archive-what-it-holds-cannot-be-told"))?;
    let header: Vec<String> =
        if shape.has_header { cells.iter().map(|cell| cell.trim().to_lowercase()).collect() } else { vec![] };
    let rows = tables.rows.entry(shape.kind).or_default();
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut with_options = 0_u64;
    for (line, record) in lines.iter().skip(usize::from(shape.has_header)) {
        let place = format!("{}, line {line}", shortened(name));
        match cells_of(record) {
            Err(why) => rows.push(Row::Broken { place, why }),
            Ok(cells) if cells.iter().all(String::is_empty) => {}
            Ok(cells) if shape.kind == CollectionKind::Lists => match cells.as_slice() {
                [title, handle, ..] if !title.is_empty() => {
                    lists.entry(title.clone()).or_default().push(handle.clone());
                }
                _ => rows.push(Row::Broken { place, why: text!("archive-who-is-on-which-list") }),
            },
            Ok(cells) => {
                with_options +=
                    u64::from(shape.kind == CollectionKind::Following && has_options(&header, &cells));
                rows.push(row(shape.kind, &header, &cells).unwrap_or_else(|why| Row::Broken { place, why }));
            }
        }
    }
    for (title, people) in lists {
        if people.len() > PEOPLE {
            let why = text!("reasons-the-list-has-more-people", most = PEOPLE.to_string());
            rows.push(Row::Broken { place: shortened(&title), why });
        } else {
            rows.push(Row::List { title, people });
        }
    }
    if with_options > 0 {
        tables.notes.push((with_options, text!("archive-were-followed-in-part")));
    }
    Ok(())
}

fn cells_of(record: &ByteRecord) -> Result<Vec<String>, String> {
    let read = |cell: &[u8]| {
        if cell.len() > CELL_BYTES {
            return Err(text!("archive-a-cell-is-longer", most = CELL_BYTES.to_string()));
        }
        let text = std::str::from_utf8(cell).map_err(|_| text!("archive-not-written-in-utf-8"))?;
        Ok(text.trim().to_owned())
    };
    record.iter().map(read).collect()
}

fn row(kind: CollectionKind, header: &[String], cells: &[String]) -> Result<Row, String> {
    let first = cells.first().map(String::as_str).unwrap_or_default();
    match kind {
        CollectionKind::Bookmarks => lenient::reference(first)
            .map(Row::Address)
            .ok_or_else(|| text!("archive-not-the-address-of-a-post")),
        CollectionKind::BlockedDomains => Ok(Row::Server(first.to_owned())),
        _ if first.is_empty() => Err(text!("archive-it-names-nobody")),
        _ => {
            let says_no = column(header, cells, 1, "hide notifications") == Some("false");
            let options = options(header, cells);
            Ok(Row::Person { handle: first.to_owned(), hides_notifications: !says_no, options })
        }
    }
}

/// What was chosen about somebody who is followed.
fn options(header: &[String], cells: &[String]) -> FollowOptions {
    let languages = column(header, cells, 3, "languages").unwrap_or_default();
    FollowOptions {
        shows_boosts: column(header, cells, 1, "show boosts") != Some("false"),
        notifies: column(header, cells, 2, "notify on new posts") == Some("true"),
        languages: languages.split(',').map(|one| one.trim().to_owned()).collect(),
    }
    .checked()
}

/// Whether somebody is followed in some special way.
fn has_options(header: &[String], cells: &[String]) -> bool {
    let hides_boosts = column(header, cells, 1, "show boosts") == Some("false");
    let in_languages = column(header, cells, 3, "languages").is_some_and(|languages| !languages.is_empty());
    hides_boosts || in_languages
}

/// A cell by the name of its column, or by its place where there is no header.
fn column<'a>(header: &[String], cells: &'a [String], place: usize, name: &str) -> Option<&'a str> {
    let place = if header.is_empty() { Some(place) } else { header.iter().position(|one| one == name) };
    cells.get(place?).map(String::as_str)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

fn fatal(path: &Path, why: &str) -> AdapterError {
    AdapterError::fatal(format!("reading {}", name_of(path)), why).because(Cause::File)
}
