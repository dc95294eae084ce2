//! A server whose files lie in a bucket of a server that speaks S3: read from it, written into it under the names
//! the server itself would give, and taken out of it again.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use godwit::{
    adapters::mastodon_database::{Files, MastodonSource, schema::Version},
    model::{collection::CollectionKind, finding::Weight, id::TransferId, item::Item},
    port::{destination::Destination, source::Source},
    store::bucket::{Bucket, BucketPlace},
};
use url::Url;

use crate::{
    check::{look, surroundings, weight},
    destination::{
        house::{EVE, House, same},
        luggage::Luggage,
    },
    home::{FILES, Home},
    s3::{BUCKET, KEY, Server},
};

/// As `S3_KEY_PREFIX` of the server's environment would say.
const PREFIX: &str = "live/system";

fn bucket(server: &Server, who: &str) -> Bucket {
    let place = BucketPlace {
        endpoint: &format!("http://{}", server.address),
        region: "us-east-1",
        name: BUCKET,
        prefix: PREFIX,
        access_key_id: who,
        secret_access_key: KEY,
        access: "public-read",
        cache: "public, max-age=315576000, immutable",
    };
    Bucket::open(&place).unwrap()
}

/// Ann's home, whose files have left the disk for the bucket.
async fn home(server: &Server) -> Option<Home> {
    let mut home = Home::at(Version::V4_6, Url::parse("https://social.example").unwrap()).await?;
    let there = bucket(server, KEY);
    for (path, text) in FILES {
        there.put(path, text.into(), "image/png").await.unwrap();
        std::fs::remove_file(home.disk().join(path)).unwrap();
    }
    home.place.files = Files::Bucket(there);
    Some(home)
}

#[tokio::test]
async fn the_files_of_an_account_are_read_out_of_the_bucket_from_any_byte_on() {
    let Some(server) = Server::start() else { return };
    let Some(home) = home(&server).await else { return };
    let (database, place) = (home.stage.database.clone(), home.place.clone());
    let source = MastodonSource::open(database, place.clone(), place.web, &"101".into(), true).await.unwrap();
    let mut read = BTreeSet::new();
    for item in source.page(CollectionKind::Media, None, 100).await.unwrap().items {
        let Item::Media(file) = item else { panic!("{item:?}") };
        let Ok(bytes) = source.media(&file).await else {
            assert!(file.url.contains("/033/"), "{} is the one that is lost", file.url);
            continue;
        };
        let bytes = bytes.try_collect::<Vec<_>>().await.unwrap().concat();
        let opened = source.media_from(&file, 1).await.unwrap();
        assert_eq!((opened.from, opened.length), (1, Some(u64::try_from(bytes.len()).unwrap())));
        assert_eq!(opened.bytes.try_collect::<Vec<_>>().await.unwrap().concat(), bytes[1..]);
        read.insert(String::from_utf8(bytes).unwrap());
    }
    assert_eq!(read, BTreeSet::from(["one!", "two!!", "4th", "avatar"].map(str::to_owned)));
}

#[tokio::test]
async fn a_copy_lies_in_the_bucket_as_the_server_would_have_put_it_and_goes_again() {
    let Some(server) = Server::start() else { return };
    let Some(mut house) = House::of(Version::V4_6).await else { return };
    house.keep_files_in(Files::Bucket(bucket(&server, KEY)));
    let before = house.census();
    let transfer = TransferId::from("t1");
    let luggage = Luggage::full();
    house.copy(&transfer, &luggage).await;
    house.destination.release(&transfer, &House::eve()).await.unwrap();
    let files = server.files(PREFIX);
    let names = house
        .texts(&format!(
            "select concat(id, ' ', file_file_name) from media_attachments where account_id = {EVE} order by id"
        ))
        .await;
    let mut expected = BTreeSet::new();
    for name in &names {
        let (id, name) = name.split_once(' ').unwrap();
        let id = format!("{id:0>12}");
        let parts: Vec<_> = id.as_bytes().chunks(3).map(|part| std::str::from_utf8(part).unwrap()).collect();
        for style in ["original", "small"] {
            expected.insert(format!("media_attachments/files/{}/{style}/{name}", parts.join("/")));
        }
    }
    let avatar = house.texts(&format!("select avatar_file_name from accounts where id = {EVE}")).await;
    let folder = "accounts/avatars/109/000/000/000/000/001/original";
    expected.insert(format!("{folder}/{}", avatar[0]));
    assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), expected);
    for (name, bytes) in
        files.iter().filter(|(name, _)| name.contains("/files/") && name.contains("/original/"))
    {
        assert!(luggage.bytes.iter().any(|(_, one)| one == bytes), "{name} is another file");
        let said = server.said(&format!("{PREFIX}/{name}"));
        assert_eq!(said["cache-control"], "public, max-age=315576000, immutable", "{name}: {said}");
        assert_eq!(said["content-type"], "image/png", "{name}: {said}");
    }
    assert!(house.files().is_empty(), "nothing lies on the disk");
    house.destination.remove(&transfer, &House::eve()).await.unwrap();
    assert_eq!(server.files(PREFIX).len(), 0, "{:?}", server.files(PREFIX).keys());
    same(&before, &house.census(), "after removing");
}

#[tokio::test]
async fn a_check_says_whether_the_bucket_can_be_read_and_written_and_leaves_nothing_in_it() {
    let Some(server) = Server::start() else { return };
    let Some(home) = home(&server).await else { return };
    let files = server.files("");
    let mut told = surroundings(&home, home.stage.url.clone());
    told.takes_copies = true;
    let findings = look(&told).await;
    for about in ["files", "bucket"] {
        assert_eq!(weight(&findings, about), Weight::Good, "{about}: {findings:?}");
    }
    assert_eq!(server.files(""), files);
    told.files = Files::Bucket(bucket(&server, "nobody"));
    let findings = look(&told).await;
    assert_eq!(weight(&findings, "files"), Weight::Warns, "{findings:?}");
    assert_eq!(weight(&findings, "bucket"), Weight::Blocks, "{findings:?}");
    let said = format!("{findings:?}");
    assert!(!said.contains(KEY), "{said}");
    // Whoever only reads puts nothing there.
    told.takes_copies = false;
    assert!(look(&told).await.iter().all(|finding| finding.about != "bucket"));
}
