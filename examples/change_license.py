#!/usr/bin/env python3
"""Changes a person's license through the Chime API, with Amazon's own library (boto3).

    .venv/bin/python examples/change_license.py ada@example.org Pro

boto3 comes from PyPI (`pip install boto3`; `make test` puts it into .venv). Where Carillon is and who is asking come
from data/demo.json, which `make run` writes; for a server of your own see docs/chime-api.md.
"""

import argparse
import json
import os
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

DEMO = os.path.join(os.environ.get("CARILLON_DATA", "data"), "demo.json")
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("address")
parser.add_argument("license", help="Basic, Plus or Pro")
parser.add_argument("--demo", default=DEMO, help="the file with the URL and the keys")
options = parser.parse_args()

with open(options.demo, encoding="utf-8") as file:
    demo = json.load(file)
chime = boto3.client(
    "chime",
    endpoint_url=demo["url"],
    region_name="us-east-1",  # boto3 wants one; Carillon takes any
    aws_access_key_id=demo["access_key_id"],
    aws_secret_access_key=demo["secret_access_key"],
)

try:
    accounts = chime.list_accounts(UserEmail=options.address)["Accounts"]
    if not accounts:
        sys.exit(f"{options.address} is a member of no account; is the invitation accepted?")
    account = accounts[0]["AccountId"]
    user = chime.list_users(AccountId=account, UserEmail=options.address)["Users"][0]
    changed = chime.update_user(AccountId=account, UserId=user["UserId"], LicenseType=options.license)["User"]
except (BotoCoreError, ClientError) as error:
    sys.exit(str(error))
print(f"{changed['PrimaryEmail']}: {user['LicenseType']} -> {changed['LicenseType']}")
