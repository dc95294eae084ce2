//! Media: found, missing, elsewhere, once each.

use futures::TryStreamExt;
use serde_json::json;

use super::{super::MastodonArchive, sample::*};
use crate::{
    model::{
        collection::CollectionKind,
        item::Item,
        media::{MediaFile, MediaRole},
    },
    port::{error::AdapterError, source::Source},
};

async fn files(archive: &MastodonArchive) -> Vec<MediaFile> {
    let page = walk(archive, CollectionKind::Media, None, 100).await;
    page.items.into_iter().map(|item| if let Item::Media(file) = item { file } else { panic!() }).collect()
}

async fn read(archive: &MastodonArchive, file: &MediaFile) -> Result<Vec<u8>, AdapterError> {
    let chunks: Vec<_> = archive.media(file).await?.try_collect().await?;
    Ok(chunks.concat())
}

#[tokio::test]
async fn a_path_with_a_leading_slash_finds_its_bytes_in_either_form() {
    for bytes in [Sample::ann().zip(), Sample::ann().tar_gz(), Sample::ann().tar(|_| {})] {
        let archive = bytes_opened(&bytes, LIMITS).unwrap();
        let files = files(&archive).await;
        assert_eq!(files[0].url, format!("/{PICTURE}"), "the url stays as the post has it");
        assert_eq!((files[0].role, files[0].bytes), (MediaRole::Attachment, Some(7)));
        assert_eq!(read(&archive, &files[0]).await.unwrap(), b"picture");
        assert_eq!((files[1].role, files.len()), (MediaRole::Avatar, 2));
        assert_eq!(read(&archive, &files[1]).await.unwrap(), b"avatar");
    }
}

#[tokio::test]
async fn a_missing_file_is_still_a_medium_and_says_that_it_is_missing() {
    let archive = Sample::ann().without(PICTURE).open();
    let files = files(&archive).await;
    assert_eq!((files.len(), files[0].fetch_url.as_ref()), (2, None));
    let error = read(&archive, &files[0]).await.unwrap_err();
    assert!(matches!(error, AdapterError::Item { .. }));
    assert_eq!(error.to_string(), "the file is missing in the archive");
}

#[tokio::test]
async fn a_link_to_another_server_is_named_as_that() {
    let outbox = list(&[create(1, &attached("https://files.example/x.png"))]);
    let archive = Sample::ann().with("outbox.json", &outbox).open();
    let error = read(&archive, &files(&archive).await[0]).await.unwrap_err();
    assert!(error.to_string().contains("another server's file"));
}

#[tokio::test]
async fn a_picture_used_twice_is_one_file() {
    let outbox = list(&[create(1, &attached(PICTURE)), create(2, &attached(PICTURE))]);
    let archive = Sample::ann().with("outbox.json", &outbox).open();
    assert_eq!(files(&archive).await.len(), 2);
}

#[tokio::test]
async fn the_archives_own_documents_are_not_handed_out() {
    let outbox = list(&[create(1, &attached("likes.json"))]);
    let archive = Sample::ann().with("outbox.json", &outbox).open();
    let mut file = files(&archive).await.remove(0);
    assert!(read(&archive, &file).await.is_err());
    file.fetch_url = Some("likes.json".into());
    assert!(read(&archive, &file).await.is_err());
}

#[tokio::test]
async fn a_stream_that_nobody_reads_to_the_end_does_no_harm() {
    let archive = Sample::ann().with(PICTURE, &vec![9; 3 << 20]).open();
    let file = files(&archive).await.remove(0);
    drop(archive.media(&file).await.unwrap());
    assert_eq!(read(&archive, &file).await.unwrap().len(), 3 << 20);
}

#[tokio::test]
async fn a_packed_again_archive_with_a_folder_around_it_is_read() {
    let moved =
        Sample(Sample::ann().0.into_iter().map(|(name, bytes)| (format!("takeout/{name}"), bytes)).collect());
    let archive = moved.open();
    for file in files(&archive).await {
        assert!(read(&archive, &file).await.is_ok());
    }
    let other = moved.with("other/outbox.json", &list(&[json!("x")]));
    assert!(refusal(&other.zip()).contains("several accounts"));
}
