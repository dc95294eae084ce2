//! A server beside us with two accounts of its own, Ann's with everything an account can have.

use std::{fs, path::Path};

use godwit::{
    adapters::mastodon_database::{Files, Place, schema::Version},
    model::actor::authority,
};
use tempfile::TempDir;
use url::Url;

use crate::stage::Stage;

/// What lies on its disk.
pub const FILES: [(&str, &str); 5] = [
    ("media_attachments/files/000/000/031/original/1111111111111111.png", "one!"),
    ("media_attachments/files/000/000/032/original/2222222222222222.png", "two!!"),
    ("media_attachments/files/000/000/034/original/4444444444444444.png", "4th"),
    ("media_attachments/files/000/000/036/original/6666666666666666.png", "Bob's"),
    ("accounts/avatars/000/000/101/original/aaaaaaaaaaaaaaaa.png", "avatar"),
];

/// Ann's home, with her files.
pub struct Home {
    pub stage: Stage,
    pub place: Place,
    disk: TempDir,
}

impl Home {
    /// Makes it; `None` where no PostgreSQL is installed.
    pub async fn at(version: Version, web: Url) -> Option<Self> {
        let stage = Stage::of(version).await?;
        // The column is unique from 4.7 on and empty for own accounts, and '' before.
        let own = if version >= Version::V4_7 { "null" } else { "''" };
        let people = include_str!("people.sql").replace("{own}", own);
        stage.run(&people.replace("https://social.example/", web.as_str())).await;
        if version >= Version::V4_5 {
            // As after an update: accounts that were there keep addresses by name.
            stage.run("update accounts set id_scheme = 0").await;
        }
        if version >= Version::V4_4 {
            stage.run(
                "insert into quotes (account_id, status_id, quoted_status_id, quoted_account_id, state, created_at, updated_at) \
                 values (101, 1002, 2001, 201, 1, now(), now()), (101, 1003, 2001, 201, 3, now(), now())",
            )
            .await;
        }
        let disk = tempfile::tempdir().unwrap();
        for (path, bytes) in FILES {
            let path = disk.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let place = Place {
            domain: authority(&web),
            media_url: web.join("/system/").unwrap(),
            web,
            files: Files::Directory(disk.path().to_owned()),
        };
        Some(Self { stage, place, disk })
    }

    /// Where her files lie, unless they were brought elsewhere.
    pub fn disk(&self) -> &Path {
        self.disk.path()
    }
}
