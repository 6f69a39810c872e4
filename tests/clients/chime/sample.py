"""What the tests of the Chime API share: the sample data, signed-in clients, and accounts of a test's own.

The folder a script runs in is the server's data folder.
"""

import json
import unittest
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

with open("demo.json", encoding="utf-8") as file:
    DEMO = json.load(file)
with open("keys.json", encoding="utf-8") as file:
    KEYS = json.load(file)  # of administrators of one account; chime_boto3.rs makes them
TEAM = DEMO["accounts"]["team"]["id"]
ENTERPRISE = DEMO["accounts"]["enterprise"]["id"]
DOMAIN = DEMO["accounts"]["enterprise"]["domain"]
# No id of ours may come from a client; every byte of these must survive the signature all the same.
ODD = ["a:b", "a@b.c", "a b", "a/b", "a+b", "ü", "100%", "%2F", "a?b=c", "a#b", "~_-.", "'\"<>", "..a", "x" * 300, "日本"]


def client(key=None, **options):
    """A client of the operator's, or of another key; nothing is tried twice, so that every answer is seen."""
    key = key or DEMO
    options = {"region_name": "us-east-1", **options}
    return boto3.client(
        "chime",
        endpoint_url=DEMO["url"],
        aws_access_key_id=key["access_key_id"],
        aws_secret_access_key=key["secret_access_key"],
        config=Config(retries={"total_max_attempts": 1}),
        **options,
    )


def unknown():
    return str(uuid.uuid4())


def address(domain="example.org"):
    """One that nobody else uses."""
    return f"{uuid.uuid4().hex[:12]}@{domain}"


class Case(unittest.TestCase):
    chime = client()

    def new_account(self, name="An account"):
        return self.chime.create_account(Name=name)["Account"]["AccountId"]

    def new_member(self):
        """An unregistered member of the Enterprise account."""
        return self.chime.create_user(AccountId=ENTERPRISE, Email=address(DOMAIN))["User"]

    def users(self, account):
        pages = self.chime.get_paginator("list_users").paginate(AccountId=account)
        return [user for page in pages for user in page["Users"]]

    def user(self, account, email):
        return self.chime.list_users(AccountId=account, UserEmail=email)["Users"]

    def refused(self, name, call, *args, **members):
        """The error that boto3 raises for a call, by the name it must have. A modelled one has a class of its own."""
        with self.assertRaises(ClientError) as raised:
            call(*args, **members)
        error = raised.exception.response["Error"]
        self.assertEqual(error["Code"], name, error)
        self.assertTrue(error["Message"], "an error says what was wrong")
        modelled = getattr(self.chime.exceptions, name, None) if name.endswith("Exception") else None
        if name in ("BadRequestException", "ForbiddenException", "NotFoundException", "ConflictException", "UnprocessableEntityException"):
            self.assertIsInstance(raised.exception, modelled)
            self.assertEqual(raised.exception.response["Code"], name.removesuffix("Exception").removesuffix("Entity"))
        return raised.exception.response

    def errors(self, answer):
        """The per-user refusals of a batch: id -> code."""
        return {error["UserId"]: error["ErrorCode"] for error in answer["UserErrors"]}
