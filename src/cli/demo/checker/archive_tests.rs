//! The reading of archives against numbers counted by other means.

use super::*;

fn audiences(archive: &Archive) -> [usize; 4] {
    let count = |audience| archive.entries.iter().filter(|entry| entry.audience == audience).count();
    [Audience::Public, Audience::Unlisted, Audience::Followers, Audience::Direct].map(count)
}

#[test]
fn the_sample_is_counted_as_it_was_made() {
    let dir = tempfile::tempdir().unwrap();
    let path = crate::cli::demo::sample::write(dir.path(), "http://third.localhost:1", "fay").unwrap();
    let archive = Archive::read(&path).unwrap();
    assert_eq!(archive.username, "ann");
    assert_eq!((archive.of(Sort::Post).count(), archive.of(Sort::Boost).count()), (22, 3));
    assert_eq!(audiences(&archive), [16, 3, 4, 2]);
    assert_eq!((archive.likes.len(), archive.bookmarks.len()), (4, 2));
    let files = archive.enclosures();
    assert_eq!(files.len(), 5);
    assert!(files.values().all(Option::is_some), "a file of the sample is missing");
    assert!(archive.file("avatar.png").is_some());
    assert!(archive.file("nobody.png").is_none());
}

/// The folder of real archives, if the machine has it.
#[expect(clippy::disallowed_methods, reason = "where the real archives lie is the machine's business")]
fn real(name: &str) -> Option<std::path::PathBuf> {
    let dir = std::env::var_os("GODWIT_ARCHIVES");
    let path = dir.map(|dir| Path::new(&dir).join(name)).filter(|path| path.exists());
    if path.is_none() {
        eprintln!("skipped: GODWIT_ARCHIVES does not name a folder with {name}");
    }
    path
}

#[test]
fn a_real_tar_is_counted_as_it_is_known_to_be() {
    let Some(path) = real("real-2022.tar.gz") else {
        return;
    };
    let archive = Archive::read(&path).unwrap();
    assert_eq!((archive.of(Sort::Post).count(), archive.of(Sort::Boost).count()), (190, 34));
    assert_eq!(audiences(&archive), [218, 2, 3, 1]);
    assert_eq!((archive.likes.len(), archive.bookmarks.len()), (147, 0));
    let files = archive.enclosures();
    assert_eq!((files.len(), files.values().flatten().count()), (8, 8));
}

#[test]
fn a_real_zip_is_counted_as_it_is_known_to_be() {
    let Some(path) = real("real-2023.zip") else { return };
    let archive = Archive::read(&path).unwrap();
    assert_eq!((archive.of(Sort::Post).count(), archive.of(Sort::Boost).count()), (18, 0));
    assert_eq!(audiences(&archive), [18, 0, 0, 0]);
    assert_eq!((archive.likes.len(), archive.bookmarks.len()), (3, 0));
    assert_eq!(archive.enclosures().values().flatten().count(), 1);
}

#[test]
fn a_file_is_found_by_the_end_of_its_path_but_never_guessed() {
    let files: BTreeMap<String, String> =
        [("media/a/1.png", "h1"), ("media/b/1.png", "h2")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    assert_eq!(find(&files, "/media/a/1.png"), Some("h1"));
    assert_eq!(find(&files, "/bucket/media/b/1.png"), Some("h2"));
    assert_eq!(find(&files, "1.png"), None);
    assert_eq!(find(&files, "media/a/2.png"), None);
}
