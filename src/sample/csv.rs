//! Rows of a CSV file: a header, commas, UTF-8. A field that is the text for NULL is NULL, whether or not it is quoted.

use super::{Columns, SampleError, Value, Visit};
use crate::nulls::Path;
use ::csv::{ByteRecord, ReaderBuilder, Trim};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The longest row in bytes: a quote that nobody closes would make the rest of the file one.
const LONGEST_ROW: u64 = 16 << 20;

/// Gives every row to `visit`. `null` is the text for NULL.
///
/// # Errors
/// The file is no CSV, a column is missing, or a row cannot be judged: what `visit` says, with its line.
pub fn rows(
    reader: impl Read,
    null: &str,
    columns: &Columns,
    visit: &mut Visit<'_>,
) -> Result<(), SampleError> {
    let since = Rc::new(Cell::new(0));
    let limited = Limited { reader, since: since.clone() };
    let mut reader = ReaderBuilder::new().trim(Trim::Headers).from_reader(limited);
    let header = reader.byte_headers().map_err(|error| unreadable(&error))?.clone();
    let places = columns.paths().iter().map(|path| place(path, &header)).collect::<Result<Vec<_>, _>>()?;
    let mut record = ByteRecord::new();
    let mut row = Vec::new();
    loop {
        since.set(0);
        if !reader.read_byte_record(&mut record).map_err(|error| unreadable(&error))? {
            return Ok(());
        }
        let at = |message: String| {
            let line = record.position().map_or(0, ::csv::Position::line);
            SampleError::new(format!("line {line}: {message}"))
        };
        row.clear();
        for place in &places {
            let field = record.get(*place).unwrap_or_default();
            row.push(value(field, null).map_err(at)?);
        }
        visit(&row).map_err(at)?;
    }
}

fn value(field: &[u8], null: &str) -> Result<Value, String> {
    match std::str::from_utf8(field) {
        Ok(text) if text == null => Ok(Value::Null),
        Ok(text) => Ok(Value::Untyped(text.to_owned())),
        Err(_) => Err("a field is not UTF-8".to_owned()),
    }
}

/// The place of a column in the header, where the fields of a STRUCT have dots.
fn place(path: &Path, header: &ByteRecord) -> Result<usize, SampleError> {
    let name = path.0.join(".");
    let text = |field: &[u8]| String::from_utf8_lossy(field).trim_start_matches('\u{feff}').to_owned();
    let names: Vec<String> = header.iter().map(text).collect();
    let mut fitting = names.iter().enumerate().filter(|(_, known)| known.eq_ignore_ascii_case(&name));
    match (fitting.next(), fitting.next()) {
        (Some((place, _)), None) => Ok(place),
        (Some(_), Some(_)) => Err(SampleError::new(format!("the file has several columns `{name}`"))),
        (None, _) => Err(super::measure::missing(&name, &names)),
    }
}

fn unreadable(error: &::csv::Error) -> SampleError {
    let line = error.position().map_or(0, ::csv::Position::line);
    let error = match error.kind() {
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            SampleError::new(format!("line {line}: {len} fields, but the header has {expected_len}"))
        }
        ::csv::ErrorKind::Utf8 { .. } => SampleError::new(format!("line {line}: a field is not UTF-8")),
        ::csv::ErrorKind::Io(error) => return SampleError::new(error.to_string()),
        _ => SampleError::new(format!("the file is no CSV: {error}")),
    };
    error.help("the file needs a header, commas between fields, and quotes around fields that hold a comma")
}

/// A reader that ends where a row grows too long.
struct Limited<R> {
    reader: R,
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since.get() > LONGEST_ROW {
            return Err(io::Error::other("a row is longer than 16 MiB; is a quote never closed?"));
        }
        let count = self.reader.read(buffer)?;
        self.since.set(self.since.get().saturating_add(u64::try_from(count).unwrap_or(u64::MAX)));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8], null: &str, wanted: &[&str]) -> Result<Vec<Vec<Value>>, String> {
        let mut columns = Columns::default();
        for name in wanted {
            columns.ask(&Path(name.split('.').map(str::to_owned).collect()));
        }
        let mut all = Vec::new();
        let mut visit = |row: &[Value]| {
            all.push(row.to_vec());
            if row.contains(&Value::Untyped("bad".into())) { Err("is bad".to_owned()) } else { Ok(()) }
        };
        rows(text, null, &columns, &mut visit).map_err(|error| error.message)?;
        Ok(all)
    }

    fn text(text: &str) -> Value {
        Value::Untyped(text.into())
    }

    #[test]
    fn rows_have_the_columns_that_are_asked_for() {
        let file = "\u{feff}id,Address.Zip,note\r\n1,,\"a, \"\"b\"\"\nc\"\r\n2,100,NULL\r\n";
        let rows = read(file.as_bytes(), "", &["address.zip", "note", "id"]);
        let expected = vec![
            vec![Value::Null, text("a, \"b\"\nc"), text("1")],
            vec![text("100"), text("NULL"), text("2")],
        ];
        assert_eq!(rows, Ok(expected));
        assert_eq!(read(file.as_bytes(), "NULL", &["note"]).unwrap()[1], [Value::Null]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let error = |text: &[u8]| read(text, "", &["a"]).unwrap_err();
        assert_eq!(error(b"b,c\n1,2\n"), "the sample has no column `a`");
        assert_eq!(error(b""), "the sample has no column `a`");
        assert_eq!(error(b"a,A\n1,2\n"), "the file has several columns `a`");
        assert_eq!(error(b"a,b\n1,2\n1,2,3\n"), "line 3: 3 fields, but the header has 2");
        assert_eq!(error(b"a,b\n\"x\ny\",2\n\xff,2\n"), "line 4: a field is not UTF-8");
        assert_eq!(error(b"a\nx\nbad\n"), "line 3: is bad");
        let endless = [b"a\n\"".to_vec(), vec![b'x'; 20 << 20]].concat();
        assert!(error(&endless).contains("16 MiB"));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), any::<u8>()], 0..60)) {
            let _ = read(&bytes, "", &["a"]);
        }
    }
}
