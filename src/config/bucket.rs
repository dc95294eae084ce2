//! A bucket of a server that speaks S3, for files.

use serde::{Deserialize, Serialize};

/// Where files lie that are not on a disk.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bucket {
    /// The bucket's name; empty where files lie on the disk.
    pub bucket: String,
    /// Scheme, host and port of its server; empty for Amazon's own.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// What all names in it begin with.
    pub prefix: String,
    /// The name of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            bucket: String::new(),
            endpoint: String::new(),
            region: "us-east-1".to_owned(),
            prefix: String::new(),
            access_key_id: String::new(),
            secret_access_key: String::new(),
        }
    }
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

impl Bucket {
    /// Whether files lie in one at all.
    pub fn is_used(&self) -> bool {
        !self.bucket.is_empty()
    }

    /// Says what is missing; `section` is where it stands in the file.
    pub(super) fn check(&self, section: &str) -> Result<(), String> {
        if !self.is_used() {
            let is_begun = [&self.endpoint, &self.prefix, &self.access_key_id, &self.secret_access_key]
                .iter()
                .any(|value| !value.is_empty());
            let why = format!("{section} names a store of files but no {section}.bucket in it");
            return if is_begun { Err(why) } else { Ok(()) };
        }
        if self.access_key_id.is_empty() || self.secret_access_key.is_empty() {
            return Err(format!(
                "{section}.access_key_id and {section}.secret_access_key must be set where {section}.bucket is"
            ));
        }
        let is_address = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if !self.endpoint.is_empty() && !url::Url::parse(&self.endpoint).is_ok_and(|url| is_address(&url)) {
            return Err(format!("{section}.endpoint must be an address like https://s3.example"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_needs_its_keys_and_shows_none() {
        let mut bucket = Bucket { endpoint: "https://s3.example".into(), ..Bucket::default() };
        assert!(bucket.check("media").unwrap_err().contains("media.bucket"), "half a change is a mistake");
        bucket.bucket = "files".into();
        assert!(bucket.check("media").unwrap_err().contains("media.secret_access_key"));
        (bucket.access_key_id, bucket.secret_access_key) = ("who".into(), "secret".into());
        assert_eq!(bucket.check("media"), Ok(()));
        let shown = format!("{bucket:?}");
        assert!(shown.contains("files") && !shown.contains("secret") && !shown.contains("who"), "{shown}");
        bucket.endpoint = "s3.example:9000".into();
        assert!(bucket.check("media").is_err());
    }
}
