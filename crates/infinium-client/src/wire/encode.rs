//! A whole task: the top level in the order of the wire.

use std::{cell::Cell, ops::Range};

use super::{
    Cursor,
    cursor::Token,
    record::{Encoder, Fault, close},
    string,
};
use crate::{
    MAX_PAYLOAD_SIZE,
    error::{Error, ErrorKind, Result},
    model::TaskData,
};

/// A task that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Payload {
    pub(crate) body: Vec<u8>,
}

/// Checks a task, given as the JSON of its caller, and encodes it for the platform.
///
/// `now` is the time that a task without `currentDatetime` gets.
///
/// # Errors
/// `Validation` with the path of the field, or `PayloadTooLarge`.
pub(crate) fn encode(text: &str, now: Option<&str>) -> Result<Payload> {
    let payload = reorder(text, now)?;
    if payload.body.len() > MAX_PAYLOAD_SIZE {
        let size = payload.body.len();
        let message = format!(
            "the encoded task is {size} bytes, {MAX_PAYLOAD_SIZE} are allowed; shorten its summaries or steps"
        );
        return Err(Error::new(ErrorKind::PayloadTooLarge, message).with_payload_size(size));
    }
    Ok(payload)
}

thread_local! {
    /// Where the members of one task after another are written, before they are put in order.
    static MEMBERS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

fn reorder(text: &str, now: Option<&str>) -> Result<Payload, Fault> {
    let mut members = MEMBERS.take();
    members.clear();
    let mut encoder = Encoder {
        cursor: Cursor::new(text),
        out: members,
        now,
    };
    let found = encoder.cursor.token()?;
    if found != Token::Object {
        return Err(Fault::here(format!(
            "must be an object (got {})",
            found.name()
        )));
    }
    let schema = &TaskData::SCHEMA;
    let mut spans = [const { 0..0 }; TaskData::SCHEMA.fields.len()];
    let unknown = encoder.members(schema, &mut spans)?;
    encoder.cursor.end()?;

    let members = encoder.out;
    let copy = |out: &mut Vec<u8>, spans: &[Range<usize>]| {
        for span in spans {
            out.extend_from_slice(&members[span.clone()]);
        }
    };
    let sections = schema.sections.clone();
    let mut out = Vec::with_capacity(members.len() + 16);
    out.push(b'{');
    copy(&mut out, &spans[..sections.start]);
    if spans[sections.clone()].iter().any(|span| !span.is_empty()) {
        out.extend_from_slice(b"\"sections\":{");
        copy(&mut out, &spans[sections.clone()]);
        close(&mut out, b'}');
        out.push(b',');
    }
    copy(&mut out, &spans[sections.end..]);
    out.extend_from_slice(&members[unknown]);
    close(&mut out, b'}');
    if members.capacity() <= 2 * MAX_PAYLOAD_SIZE {
        MEMBERS.set(members);
    }
    Ok(Payload { body: out })
}

/// The name of a task, of at most 60 characters, from any text that may hold one: to name the task
/// in messages.
pub(crate) fn task_name(text: &str) -> Option<String> {
    let mut cursor = Cursor::new(text);
    cursor.expect(b'{').ok()?;
    let mut first = true;
    while cursor.more(&mut first, b'}').ok()? {
        let key = cursor.string().ok()?;
        cursor.expect(b':').ok()?;
        let value = cursor.skip().ok()?;
        if cursor.slice(key.span) == "\"name\"" {
            let quoted = cursor.slice(value.span);
            return quoted
                .starts_with('"')
                .then(|| string::chars(quoted).take(60).collect());
        }
    }
    None
}
