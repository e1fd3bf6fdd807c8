//! What a command prints, on its way from a pipe to a capture: masked, decoded, cut into lines,
//! kept within bounds. The command never waits for a person: reading goes on as it prints.

use std::io::{self, PipeReader, PipeWriter};

use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;

use crate::text::{Capture, Collector, Decoder, Limits, Lines, Mask, Masking};

/// Bytes read at once: what a pipe holds.
const PIECE: usize = 64 << 10;

/// The most that is read after the command has ended, from a pipe that somebody still writes to.
const LAST: usize = 1 << 20;

/// A new pipe, with its reading end made ready for the runtime.
pub(super) fn pipe() -> io::Result<(Receiver, PipeWriter)> {
    let (reader, writer): (PipeReader, PipeWriter) = io::pipe()?;
    Ok((Receiver::from_owned_fd(reader.into())?, writer))
}

/// One stream of output.
pub(super) struct Output<'a> {
    pipe: Receiver,
    open: bool,
    masking: Masking,
    decoder: Decoder,
    collector: Collector,
    lines: Lines,
    hear: Option<&'a dyn Fn(&str)>,
}

impl<'a> Output<'a> {
    pub(super) fn new(
        pipe: Receiver,
        mask: &Mask,
        limits: Limits,
        hear: Option<&'a dyn Fn(&str)>,
    ) -> Self {
        Self {
            pipe,
            open: true,
            masking: mask.stream(),
            decoder: Decoder::default(),
            collector: Collector::new(limits),
            lines: Lines::default(),
            hear,
        }
    }

    /// Reads until everybody who could write has closed the pipe.
    pub(super) async fn read(&mut self) {
        let mut piece = vec![0; PIECE];
        while self.open {
            match self.pipe.read(&mut piece).await {
                Ok(0) | Err(_) => self.open = false,
                Ok(count) => self.take(&piece[..count]),
            }
        }
    }

    /// Reads what is in the pipe now, and no more.
    fn drain(&mut self) {
        let mut piece = vec![0; PIECE];
        let mut total = 0;
        while self.open && total < LAST {
            match rustix::io::read(&self.pipe, &mut piece) {
                Ok(0) | Err(_) => self.open = false,
                Ok(count) => {
                    total += count;
                    self.take(&piece[..count]);
                }
            }
        }
    }

    fn take(&mut self, piece: &[u8]) {
        let masked = self.masking.push(piece);
        let text = self.decoder.push(&masked);
        Self::put(&text, &mut self.collector, &mut self.lines, self.hear);
    }

    fn put(text: &str, collector: &mut Collector, lines: &mut Lines, hear: Option<&dyn Fn(&str)>) {
        collector.push_text(text);
        if let Some(hear) = hear {
            lines.push(text, &mut |line| hear(line));
        }
    }

    /// Everything, now that the command has ended, and what we have to say about it.
    pub(super) fn finish(mut self, mask: &Mask, remarks: &[String]) -> Capture {
        self.drain();
        let Self { masking, mut decoder, mut collector, mut lines, hear, .. } = self;
        let rest = masking.finish();
        Self::put(&decoder.push(&rest), &mut collector, &mut lines, hear);
        Self::put(decoder.finish(), &mut collector, &mut lines, hear);
        for remark in remarks {
            let remark = format!("\n[{}]\n", mask.mask(remark));
            Self::put(&remark, &mut collector, &mut lines, hear);
        }
        if let Some(hear) = hear {
            lines.finish(&mut |line| hear(line));
        }
        collector.finish()
    }
}
