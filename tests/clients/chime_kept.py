"""Puts settings, a PIN and delegate groups with boto3 (`put`), and later looks whether they are there (`look`): after a
restart, or at another process on the same database."""

import json
import os
import sys

import boto3

chime = boto3.client("chime", endpoint_url=os.environ["CARILLON_URL"])
with open("demo.json", encoding="utf-8") as file:
    demo = json.load(file)
account = demo["accounts"]["enterprise"]["id"]
user = next(user["id"] for user in demo["users"] if user["account"] == account)
whom = {"AccountId": account, "UserId": user}


def kept():
    return {
        "account": chime.get_account_settings(AccountId=account)["AccountSettings"],
        "groups": chime.get_account(AccountId=account)["Account"]["SigninDelegateGroups"],
        "user": chime.get_user_settings(**whom)["UserSettings"],
        "pin": chime.get_user(**whom)["User"]["PersonalPIN"],
        "calls": chime.get_global_settings()["BusinessCalling"],
        "status": [a["AccountStatus"] for a in chime.list_accounts(Name="Kept")["Accounts"]],
    }


if sys.argv[1] == "put":
    chime.update_account_settings(AccountId=account, AccountSettings={"EnableDialOut": True, "DisableRemoteControl": True})
    groups = [{"GroupName": name} for name in ("Assistants", "Büro")]
    chime.associate_signin_delegate_groups_with_account(AccountId=account, SigninDelegateGroups=groups)
    telephony = {"InboundCalling": True, "OutboundCalling": False, "SMS": True}
    chime.update_user_settings(**whom, UserSettings={"Telephony": telephony})
    pin = chime.reset_personal_pin(**whom)["User"]["PersonalPIN"]
    chime.update_global_settings(BusinessCalling={"CdrBucket": "calls"})
    chime.delete_account(AccountId=chime.create_account(Name="Kept")["Account"]["AccountId"])
    expected = {
        "account": {"EnableDialOut": True, "DisableRemoteControl": True},
        "groups": groups,
        "user": {"Telephony": telephony},
        "pin": pin,
        "calls": {"CdrBucket": "calls"},
        "status": ["Suspended"],
    }
    with open("kept.json", "w", encoding="utf-8") as file:
        json.dump(expected, file)
with open("kept.json", encoding="utf-8") as file:
    expected = json.load(file)
assert kept() == expected, (kept(), expected)
