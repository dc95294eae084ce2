//! Rows on their way into a table by `COPY`, in the binary form in which the database takes values: a batch
//! costs little more than its rows do. Where one of them is there already, none comes.

use sqlx::{Encode, PgConnection, Postgres, encode::IsNull, postgres::PgArgumentBuffer};

/// How it begins: a signature, no flags, nothing more to be said before the rows.
const BEGINNING: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What stands at the end where another row would say how many values it has.
const END: i16 = -1;
/// What stands for the length of a value that is none.
const NONE: i32 = -1;
/// The database counts microseconds from the year 2000, everybody else from 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// A unique key that is there already.
const IS_THERE: &str = "23505";

/// Rows of one table. Values have the types of their columns exactly: nothing is converted.
pub(super) struct Rows {
    columns: &'static [&'static str],
    bytes: PgArgumentBuffer,
    failure: Option<sqlx::Error>,
}

/// A row that is being written.
pub(super) struct Row<'r>(&'r mut Rows);

impl Rows {
    /// None yet, of a table's columns by name.
    pub(super) fn of(columns: &'static [&'static str]) -> Self {
        let mut bytes = PgArgumentBuffer::default();
        bytes.extend_from_slice(BEGINNING);
        Self { columns, bytes, failure: None }
    }

    /// Begins another one; its values follow in the order of the columns.
    pub(super) fn row(&mut self) -> Row<'_> {
        let width = i16::try_from(self.columns.len()).unwrap_or(i16::MAX);
        self.bytes.extend_from_slice(&width.to_be_bytes());
        Row(self)
    }

    /// Writes them into the table.
    ///
    /// # Errors
    /// [`sqlx::Error`], the transaction cannot go on; [`is_there`] where one of them was there already.
    pub(super) async fn copy(mut self, c: &mut PgConnection, table: &str) -> Result<(), sqlx::Error> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        self.bytes.extend_from_slice(&END.to_be_bytes());
        let sql = format!("copy {table} ({}) from stdin (format binary)", self.columns.join(", "));
        let mut copy = c.copy_in_raw(&sql).await?;
        copy.send(self.bytes.as_slice()).await?;
        copy.finish().await.map(drop)
    }
}

impl Row<'_> {
    /// The next value.
    pub(super) fn with<'v, T: Encode<'v, Postgres>>(self, value: T) -> Self {
        let bytes = &mut self.0.bytes;
        let at = bytes.len();
        bytes.extend_from_slice(&NONE.to_be_bytes());
        let encoded = value.encode_by_ref(bytes).and_then(|is_null| match is_null {
            IsNull::Yes => Ok(NONE),
            IsNull::No => Ok(i32::try_from(bytes.len() - at - size_of_val(&NONE))?),
        });
        match encoded {
            Ok(length) => {
                if let Some(place) = bytes.get_mut(at..at + size_of_val(&length)) {
                    place.copy_from_slice(&length.to_be_bytes());
                }
            }
            Err(error) => self.0.failure = Some(sqlx::Error::Encode(error)),
        }
        self
    }

    /// The next value, a time in microseconds.
    pub(super) fn at(self, micros: impl Into<Option<i64>>) -> Self {
        self.with(micros.into().map(|micros| micros.saturating_sub(EPOCH_MICROS)))
    }
}

/// Whether a row was not written because it, or one like it, is there already.
pub(super) fn is_there(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == IS_THERE)
}
