//! Real archives, where their folder is named by `GODWIT_ARCHIVES`. Counts are shown, contents never.

use std::{collections::BTreeMap, path::PathBuf};

use futures::TryStreamExt;

use super::{super::ArchiveLimits, super::open, sample::walk};
use crate::{
    model::{collection::CollectionKind, item::Item, object::Visibility},
    port::source::Source,
};

struct Answers {
    file: &'static str,
    posts: usize,
    boosts: usize,
    visibilities: &'static [(Visibility, usize)],
    media: usize,
    likes: usize,
    notes: &'static [&'static str],
}

const KNOWN: [Answers; 2] = [
    Answers {
        file: "real-2022.tar.gz",
        posts: 190,
        boosts: 34,
        visibilities: &[
            (Visibility::Public, 218),
            (Visibility::Unlisted, 2),
            (Visibility::Followers, 3),
            (Visibility::Direct, 1),
        ],
        media: 8,
        likes: 147,
        notes: &["had moved", "says it has 223 entries and has 224"],
    },
    Answers {
        file: "real-2023.zip",
        posts: 18,
        boosts: 0,
        visibilities: &[(Visibility::Public, 18)],
        media: 1,
        likes: 3,
        notes: &["@context stands more than once", "says it has 19 entries and has 18"],
    },
];

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "where the real archives lie is the machine's business")]
async fn real_archives_give_the_numbers_that_were_counted_by_hand() {
    let Some(folder) = std::env::var_os("GODWIT_ARCHIVES").map(PathBuf::from) else {
        eprintln!("skipped: GODWIT_ARCHIVES does not name the folder of real archives");
        return;
    };
    for known in KNOWN {
        let archive =
            open(&folder.join(known.file), ArchiveLimits { bytes: 1 << 30, entries: 1000 }).unwrap();
        let posts = walk(&archive, CollectionKind::Content, None, 7).await;
        let boosts = walk(&archive, CollectionKind::Outbox, None, 7).await;
        let likes = walk(&archive, CollectionKind::Liked, None, 100).await;
        assert_eq!((posts.items.len(), posts.unreadable.len()), (known.posts, 0));
        assert_eq!((boosts.items.len(), boosts.unreadable.len()), (known.boosts, 0));
        assert_eq!((likes.items.len(), likes.unreadable.len()), (known.likes, 0));
        let mut seen = BTreeMap::new();
        for item in posts.items.iter().chain(&boosts.items) {
            *seen.entry(item.visibility()).or_insert(0) += 1;
        }
        assert_eq!(seen, known.visibilities.iter().copied().collect());
        let (mut bytes, mut attachments) = (0, 0);
        let media = walk(&archive, CollectionKind::Media, None, 3).await.items;
        for item in &media {
            let Item::Media(file) = item else { panic!("a medium is something else") };
            attachments += usize::from(item.kind() == crate::model::item::ItemKind::Media);
            let chunks: Vec<_> = archive.media(file).await.unwrap().try_collect().await.unwrap();
            let length: usize = chunks.iter().map(bytes::Bytes::len).sum();
            assert_eq!(Some(u64::try_from(length).unwrap()), file.bytes);
            bytes += length;
        }
        assert_eq!((attachments, media.len()), (known.media, known.media + 2), "and avatar and header");
        for words in known.notes {
            assert!(archive.notes().iter().any(|(_, sentence)| sentence.contains(words)), "{words}");
        }
        eprintln!(
            "{}: {} posts, {} boosts, {} media of {bytes} bytes",
            known.file,
            known.posts,
            known.boosts,
            media.len()
        );
    }
}
