//! What Ann wrote at a Mastodon, as it stands in its tables and on its disk.

use std::{fs, io::Cursor, path::Path};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Posts that everybody can see: for all, and quietly for all.
pub const OPEN_POSTS: [u64; 2] = [1001, 1002];
/// Posts that are for followers, and for those named.
pub const HIDDEN: [u64; 2] = [1003, 1004];

/// The file of a post, below what addresses of files begin with.
pub fn file(post: u64) -> String {
    format!("media_attachments/files/000/00{}/{:03}/original/{post:016}.png", post / 1000, post % 1000)
}

/// The bytes of each file.
pub fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Writes four posts, each with a file of the same number.
pub async fn write(database: &str, origin: &str, disk: &Path) {
    let mut sql = String::new();
    for (audience, id) in OPEN_POSTS.into_iter().chain(HIDDEN).enumerate() {
        let own = "from accounts where username = 'ann' and domain is null";
        let rows = format!(
            "insert into statuses (id, account_id, text, visibility, local, uri, ordered_media_attachment_ids, \
             created_at, updated_at) select {id}, id, 'Number {id}', {audience}, true, \
             '{origin}/users/ann/statuses/{id}', '{{{id}}}', '2023-01-02', '2023-01-02' {own};\n\
             insert into media_attachments (id, account_id, status_id, type, file_file_name, file_content_type, \
             file_file_size, processing, created_at, updated_at, remote_url) select {id}, id, {id}, 0, \
             '{id:016}.png', 'image/png', {}, 2, '2023-01-02', '2023-01-02', '' {own};\n",
            picture().len()
        );
        sql.push_str(&rows);
        let path = disk.join(file(id));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, picture()).unwrap();
    }
    let mut c = PgConnection::connect(database).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.unwrap();
}
