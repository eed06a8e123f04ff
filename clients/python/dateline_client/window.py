"""Which articles of a stream are under way: at most so many, none lost, none twice.

Three threads meet here: the caller's, which reads answers; gRPC's, which asks for the next request; and, after a break,
a last one of the old stream that may still wait for the source.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from ._generated.dateline.v1 import analysis_service_pb2 as pb


@dataclass
class Item:
    """An article under way."""

    #: Position in the source.
    index: int
    request: pb.AnalyzeRequest
    #: Times it was sent and answered or broken off.
    attempts: int = 1


class Window:
    """Draws requests from a source while fewer than `size` are unanswered."""

    def __init__(self, source: Iterator[pb.AnalyzeRequest], size: int) -> None:
        self._source = source
        self._size = size
        self._changed = threading.Condition()
        #: Unanswered, by index; those that wait to be sent again included.
        self._open: dict[int, Item] = {}
        #: To be sent again: (when, index).
        self._waiting: list[tuple[float, int]] = []
        #: What this stream has sent, by its position there, which is how the server names it.
        self._sent: dict[int, Item] = {}
        self._positions = 0
        self._drawn = 0
        self._drawing = False
        self._exhausted = False
        self._failure: BaseException | None = None
        #: Number of the stream; the threads of older ones stop. None: closed.
        self._stream: int | None = 0

    def requests(self) -> Iterator[pb.AnalyzeStreamRequest]:
        """The requests of the current stream; ends when all are answered and the source is at its end."""
        # Not left to the iterator: gRPC may start it when the stream has already broken and the next one is open.
        with self._changed:
            return self._requests_of(self._stream)

    def item(self, position: int) -> Item:
        """What the current stream sent at that position."""
        with self._changed:
            return self._sent[position]

    def answered(self, position: int) -> None:
        """Makes room for the next one."""
        with self._changed:
            item = self._sent.pop(position)
            del self._open[item.index]
            self._changed.notify_all()

    def again(self, position: int, delay: float) -> None:
        """Sends it again after `delay` seconds; it keeps its place in the window until then."""
        with self._changed:
            item = self._sent.pop(position)
            item.attempts += 1
            heapq.heappush(self._waiting, (time.monotonic() + delay, item.index))
            self._changed.notify_all()

    def reopen(self) -> None:
        """A new stream follows: whatever is unanswered will be sent on it."""
        with self._changed:
            if self._stream is not None:
                self._stream += 1
            self._positions = 0
            self._sent = {}
            now = time.monotonic()
            self._waiting = [(now, index) for index in sorted(self._open)]
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more is drawn or sent."""
        with self._changed:
            self._stream = None
            self._changed.notify_all()

    def done(self) -> bool:
        """True if every article of the source was answered."""
        with self._changed:
            return self._exhausted and not self._open

    def raise_failure_of_source(self) -> None:
        """Raises what the source raised, if it did."""
        with self._changed:
            if self._failure is not None:
                raise self._failure

    def _requests_of(self, stream: int | None) -> Iterator[pb.AnalyzeStreamRequest]:
        while (item := self._next(stream)) is not None:
            yield pb.AnalyzeStreamRequest(request=item.request)

    def _next(self, stream: int | None) -> Item | None:
        """The next request to send, when there is room for it; None: the stream has nothing more to send."""
        while True:
            with self._changed:
                while True:
                    if stream is None or self._stream != stream or self._failure is not None:
                        return None
                    now = time.monotonic()
                    if self._waiting and self._waiting[0][0] <= now:
                        _, index = heapq.heappop(self._waiting)
                        return self._send(self._open[index])
                    if not self._exhausted and not self._drawing and len(self._open) < self._size:
                        self._drawing = True
                        break
                    if self._exhausted and not self._open:
                        return None
                    self._changed.wait(self._waiting[0][0] - now if self._waiting else None)
            # Without the lock: the source may take its time, and answers must be counted meanwhile.
            try:
                request = next(self._source, None)
            except BaseException as failure:  # noqa: BLE001 - it is raised again, in the caller's thread
                with self._changed:
                    self._failure = failure
                    self._drawing = False
                    self._changed.notify_all()
                return None
            with self._changed:
                self._drawing = False
                self._changed.notify_all()
                if request is None:
                    self._exhausted = True
                    continue
                item = Item(self._drawn, request)
                self._drawn += 1
                self._open[item.index] = item
                if self._stream != stream:
                    # The stream broke while the source was asked: the next one sends what came.
                    heapq.heappush(self._waiting, (time.monotonic(), item.index))
                    return None
                return self._send(item)

    def _send(self, item: Item) -> Item:
        self._sent[self._positions] = item
        self._positions += 1
        return item
