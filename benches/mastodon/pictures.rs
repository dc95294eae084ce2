//! What a picture costs beside its rows: written into the server's directory, opened, made small, blurred.

use std::{collections::BTreeMap, fs, io::Cursor, time::Instant};

use godwit::{
    model::{
        digest::Digest,
        item::{Item, ItemKind},
        media::Attachment,
    },
    port::destination::{Destination, Prepared, StoredBlob, Wanted},
    transfer::remap::{Known, remap},
};
use image::{DynamicImage, ImageFormat, RgbImage};

use super::{cluster::Cluster, float, house::House, say, suitcase::post};

/// Posts that show one each.
const PICTURES: usize = 40;
/// As a telephone sends them.
const SIDES: (u32, u32) = (1600, 1200);

/// Writes posts that show a picture and as many that show none, and tells the difference.
pub async fn measure(cluster: &Cluster) {
    let house = House::beside(cluster).await;
    let blob = shelve(&house);
    let plain = write(&house, "without", None).await;
    let shown = write(&house, "with", Some(&blob)).await;
    let (megapixels, each) = (f64::from(SIDES.0 * SIDES.1) / 1e6, (shown - plain) * 1000.0 / float(PICTURES));
    say("mastodon.picture", each, &format!("ms for one of {megapixels:.1} megapixels"));
}

/// One picture among the daemon's files.
fn shelve(house: &House) -> StoredBlob {
    let picture = RgbImage::from_fn(SIDES.0, SIDES.1, |x, y| {
        let shade = |n: u32| u8::try_from(n % 251).unwrap();
        image::Rgb([shade(x * 7 + y), shade(x ^ y), shade(y * 3)])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let bytes = bytes.into_inner();
    let sha256 = Digest::of(&bytes).hex();
    let path = house.blobs.path(&sha256);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, &bytes).unwrap();
    StoredBlob { sha256, bytes: u64::try_from(bytes.len()).unwrap(), media_type: "image/jpeg".into() }
}

/// Seconds within the destination.
async fn write(house: &House, transfer: &str, blob: Option<&StoredBlob>) -> f64 {
    let (transfer, account) = (transfer.into(), House::account());
    let wanted = |kind: ItemKind, key: String, number: usize| Wanted {
        key: key.as_str().into(),
        kind,
        published: Some(super::suitcase::published(number)),
        rank: 0,
        file_name: None,
        media_type: blob.map(|blob| blob.media_type.clone()),
    };
    let file = |number: usize| format!("https://old.example/files/{number}.jpg");
    let begin = Instant::now();
    let files: Vec<Wanted> = (0..PICTURES).map(|n| wanted(ItemKind::Media, file(n), n)).collect();
    let files = house.destination.reserve(&transfer, &account, &files).await.unwrap();
    let posts: Vec<Wanted> =
        (0..PICTURES).map(|n| wanted(ItemKind::Posts, super::suitcase::address(n).into(), n)).collect();
    let posts = house.destination.reserve(&transfer, &account, &posts).await.unwrap();
    let mut batch = Vec::new();
    for (number, (reservation, place)) in posts.into_iter().zip(files).enumerate() {
        let (mut object, mut known, mut blobs) = (post(number), Known::default(), BTreeMap::new());
        object.in_reply_to = None;
        if let Some(blob) = blob {
            object.attachments.push(Attachment {
                url: file(number),
                media_type: blob.media_type.clone(),
                alt: Some("A bird at the water".into()),
                blurhash: None,
                focal_point: None,
                width: None,
                height: None,
            });
            known.files.insert(file(number), place.url.clone());
            blobs.insert(place.url.to_string(), (place.local_id, blob.clone()));
        }
        let item = remap(&Item::Post(Box::new(object)), &reservation, &House::sides(), &known);
        batch.push(Prepared { reservation, item, blobs });
    }
    house.destination.write(&transfer, &account, batch).await.unwrap();
    begin.elapsed().as_secs_f64()
}
