//! The name people know an account by: `@name@host`.

use std::{fmt, str::FromStr};

/// A parsed handle, lower-cased host, name as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// The part before the host.
    pub name: String,
    /// Host, with `:port` where one was given (loopback laboratories only).
    pub host: String,
}

/// Why a text is not a handle; the sentence is shown to the person.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HandleError {
    /// There is no `name@host` in it.
    #[error("write the address like @name@server.example")]
    Shape,
    /// The name has characters that no server allows.
    #[error("the name before the second @ may hold letters, digits, dots, dashes and underscores")]
    Name,
    /// The host is not a host name.
    #[error("the part after the second @ is not a server's name")]
    Host,
}

impl FromStr for Handle {
    type Err = HandleError;

    fn from_str(text: &str) -> Result<Self, HandleError> {
        let text = text.trim();
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let text = text.strip_prefix('@').unwrap_or(text);
        let (name, host) = text.split_once('@').ok_or(HandleError::Shape)?;
        let name_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || name.len() > 128 || !name.chars().all(name_ok) {
            return Err(HandleError::Name);
        }
        let host = host.to_ascii_lowercase();
        let host_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
        if host.is_empty() || host.len() > 260 || !host.chars().all(host_ok) {
            return Err(HandleError::Host);
        }
        Ok(Self { name: name.to_owned(), host })
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}@{}", self.name, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_read_in_the_forms_people_type() {
        for text in ["@ann@old.example", "ann@old.example", " acct:ann@OLD.example "] {
            assert_eq!(text.parse::<Handle>().unwrap().to_string(), "@ann@old.example");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_part_at_fault() {
        assert_eq!("ann".parse::<Handle>(), Err(HandleError::Shape));
        assert_eq!("a/b@old.example".parse::<Handle>(), Err(HandleError::Name));
        assert_eq!("ann@old.example/path".parse::<Handle>(), Err(HandleError::Host));
    }
}
