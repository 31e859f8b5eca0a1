"""The peer of ``bench.serve``: FastAPI as its tutorial writes it, which validates a ticket and answers no more."""

import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Ticket(BaseModel):
    """A ticket as the API takes it."""

    title: str = ""
    body: str = ""
    fields: dict[str, str] = {}
    attachments: list[str] = []


class Answer(BaseModel):
    """How long it is."""

    length: int


@app.post("/v1/assess")
async def assess(ticket: Ticket) -> Answer:
    """Validates a ticket."""
    return Answer(length=len(ticket.title) + len(ticket.body))


@app.get("/livez")
async def live() -> dict[str, bool]:
    """Whether it answers."""
    return {"live": True}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[-1]), log_level="error", http="httptools")
