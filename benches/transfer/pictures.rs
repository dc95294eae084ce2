//! Random files of 20 to 200 KB, made once and linked into every home that shows them.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};

use aws_lc_rs::digest::{SHA256, digest};
use godwit::store::blobs::hex;
use tempfile::TempDir;

/// Smallest file in bytes.
const SMALLEST: u64 = 20_000;
/// Sizes differ by this much.
const SPREAD: u64 = 180_000;

/// One file.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Hash of its bytes.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// All files made so far.
pub struct Pictures {
    disk: TempDir,
    made: Mutex<BTreeMap<usize, Picture>>,
    most: usize,
}

impl Pictures {
    /// None yet.
    pub fn new() -> Self {
        Self::few(usize::MAX)
    }

    /// None yet, and never more than `most`: the same ones come again.
    pub fn few(most: usize) -> Self {
        Self { disk: tempfile::tempdir().unwrap(), made: Mutex::default(), most }
    }

    /// The file with this number; the same bytes each time, and no two numbers have the same.
    fn picture(&self, number: usize) -> Picture {
        let mut made = self.made.lock().unwrap();
        let picture = made.entry(number).or_insert_with(|| {
            let mut random = Random::new(number);
            let length = usize::try_from(SMALLEST + random.next() % SPREAD).unwrap();
            let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
            while bytes.len() < length {
                bytes.extend(random.next().to_le_bytes());
            }
            let sha256 = hex(digest(&SHA256, &bytes).as_ref());
            fs::File::create(self.disk.path().join(&sha256)).unwrap().write_all(&bytes).unwrap();
            Picture { sha256, bytes: u64::try_from(bytes.len()).unwrap() }
        });
        picture.clone()
    }

    /// Puts the file with this number among the media of a home.
    pub fn link(&self, number: usize, data_dir: &Path) -> Picture {
        let picture = self.picture(number % self.most);
        let place = place(data_dir, &picture.sha256);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        if !place.exists() {
            fs::hard_link(self.disk.path().join(&picture.sha256), place).unwrap();
        }
        picture
    }
}

/// Where a home keeps a file.
pub fn place(data_dir: &Path, sha256: &str) -> PathBuf {
    let fan = sha256.get(..2).unwrap();
    data_dir.join("media").join(fan).join(sha256)
}

/// Numbers without a pattern, the same for the same seed.
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: usize) -> Self {
        Self(u64::try_from(seed).unwrap().wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
