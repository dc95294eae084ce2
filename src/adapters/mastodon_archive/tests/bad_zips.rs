//! Zip archives that are cut or made to do harm.

use std::io::{Cursor, Write};

use futures::StreamExt;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{super::ArchiveLimits, sample::*};
use crate::{model::collection::CollectionKind, model::item::Item, port::source::Source};

/// The sample with one more entry made by `more`.
fn zip_with(more: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = ZipWriter::new_append(Cursor::new(Sample::ann().zip())).unwrap();
    more(&mut writer);
    writer.finish().unwrap().into_inner()
}

/// Where an entry's record in the table of contents begins.
fn record(zip: &[u8], name: &str) -> usize {
    zip.windows(name.len()).rposition(|part| part == name.as_bytes()).unwrap() - 46
}

#[test]
fn a_cut_zip_is_refused_wherever_it_was_cut() {
    let whole = Sample::ann().zip();
    for kept in [4, 30, whole.len() / 2, whole.len() - 10, whole.len() - 1] {
        let why = refusal(&whole[..kept]);
        assert!(why.contains("cut off") && why.contains("download it again"), "{kept}: {why}");
    }
}

#[test]
fn a_name_that_climbs_out_or_is_absolute_is_refused() {
    for (name, word) in
        [("../evil", "outside"), ("a\\..\\evil", "outside"), ("/evil", "absolute"), ("C:/evil", "absolute")]
    {
        let why = refusal(&Sample::ann().with(name, b"").zip());
        assert!(why.contains(word), "{name}: {why}");
    }
}

#[test]
fn a_symbolic_link_is_refused() {
    let zip = zip_with(|writer| {
        writer.add_symlink("avatar.jpg", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    });
    assert!(refusal(&zip).contains("link or a device"));
}

#[test]
fn a_device_is_refused() {
    let mut zip = Sample::ann().zip();
    let at = record(&zip, "avatar.png");
    zip[at + 5] = 3; // made on unix, so that the mode counts
    zip[at + 38..at + 42].copy_from_slice(&(0o020_644_u32 << 16).to_le_bytes());
    assert!(refusal(&zip).contains("link or a device"));
}

#[test]
fn a_locked_file_is_refused() {
    let mut zip = Sample::ann().zip();
    let at = record(&zip, "avatar.png");
    zip[at + 8] |= 1;
    assert!(refusal(&zip).contains("password"));
}

#[test]
fn two_files_of_one_name_are_refused() {
    let mut zip = Sample::ann().with("avatar.pnx", b"other").zip();
    let at = record(&zip, "avatar.pnx");
    zip[at + 46..at + 56].copy_from_slice(b"avatar.png");
    assert!(refusal(&zip).contains("same name"));
    assert!(refusal(&Sample::ann().with("./avatar.png", b"").zip()).contains("twice"));
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let why = refusal(&Sample::ann().with("zeros.bin", &vec![0; 6 << 20]).zip());
    assert!(why.contains("unpacks to more than 4194304 bytes"), "{why}");
}

#[test]
fn too_many_entries_are_refused() {
    let mut sample = Sample::ann();
    for number in 0..50 {
        sample = sample.with(&format!("{number}.png"), b"");
    }
    assert!(refusal(&sample.zip()).contains("more than 50 files"));
    let exact = ArchiveLimits { entries: sample.0.len(), ..LIMITS };
    assert!(bytes_opened(&sample.zip(), exact).is_ok());
}

#[test]
fn an_endless_table_of_contents_is_refused_before_it_fills_the_memory() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let long = "x".repeat(60_000);
    for number in 0..20 {
        writer.start_file(format!("{number}{long}"), SimpleFileOptions::default()).unwrap();
    }
    let zip = writer.finish().unwrap().into_inner();
    assert!(refusal(&zip).contains("more than 50 files"));
}

#[tokio::test]
async fn a_file_that_lies_about_its_length_is_not_handed_out_whole() {
    let mut zip = zip_with(|writer| {
        writer.start_file("header.png", SimpleFileOptions::default()).unwrap();
        writer.write_all(&[7; 5000]).unwrap();
    });
    let at = record(&zip, "header.png");
    zip[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());
    let archive = bytes_opened(&zip, LIMITS).unwrap();
    let page = archive.page(CollectionKind::Media, None, 100).await.unwrap();
    let Some(Item::Media(mut file)) = page.items.into_iter().next() else { panic!("no medium") };
    file.fetch_url = Some("header.png".into());
    let chunks: Vec<_> = archive.media(&file).await.unwrap().collect().await;
    assert!(chunks.last().unwrap().is_err());
    assert!(chunks.iter().flatten().map(bytes::Bytes::len).sum::<usize>() <= 10);
}

#[test]
fn a_damaged_document_is_refused() {
    let mut zip = Sample::ann().zip();
    // The first file's bytes begin after its local header and name.
    zip[30 + "outbox.json".len() + 20] ^= 0x55;
    assert!(refusal(&zip).contains("download the archive again"));
}
