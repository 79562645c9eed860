"""Packages to try things with; each call makes a fresh one."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def recipes() -> Document:
    """A package with one entry or more of every kind that has effect."""
    return {
        "packageKey": "recipes",
        "name": "Recipes",
        "applications": [{"key": "kitchen", "name": "Kitchen"}],
        "objectTypes": [
            {
                "key": "cust_recipe",
                "name": "Recipe",
                "applicationKey": "kitchen",
                "workflowKey": "cust_lifecycle",
            }
        ],
        "attributeTypes": [
            {"key": "price", "objectTypeKey": "cust_recipe", "type": "decimal"},
            {
                "key": "course",
                "name": "Course",
                "objectTypeKey": "cust_recipe",
                "type": "enum",
                "options": ["starter", "main"],
                "required": True,
                "default": "main",
            },
        ],
        "relationTypes": [{"key": "served_with", "sourceObjectTypeKey": "cust_recipe"}],
        "userRelationTypes": [
            {"key": "core_business_owner", "name": "Business owner"},
            {"key": "core_steward", "name": "Steward"},
        ],
        "workflows": [{"key": "cust_lifecycle", "name": "Recipe lifecycle"}],
        "workflowStates": [
            {"key": "review", "name": "In Review", "color": "#F59E0B", "position": 2},
            {"key": "draft", "name": "Draft", "color": "#6B7280", "position": 1},
            {"key": "approved", "color": "#1b8", "position": 3},
        ],
        "workflowTransitionTriggers": [
            {
                "key": "submit_for_review",
                "name": "Submit for Review",
                "fromStateKey": "draft",
                "toStateKey": "review",
                "changeThresholdTypeKey": "one_user",
            },
            {"key": "approve", "fromStateKey": "review", "toStateKey": "approved"},
        ],
        "conditions": [
            {
                "userRelationTypeKey": "core_business_owner",
                "workflowStateKey": "draft",
                "editable": True,
                "visible": True,
            },
            {"transitionKey": "approve", "userRelationTypeKey": "core_steward", "editable": True},
            {"attributeTypeKey": "price", "userRelationTypeKey": "core_business_owner"},
        ],
        "notificationTemplates": [
            {
                "key": "review_notification",
                "subject": "{{ @object.name }} is in review",
                "body": "<p>Please look at <b>{{ @object.name }}</b>.</p>",
                "Module_Id": "kitchen",
                "notifyAuthor": False,
            }
        ],
        "automations": [
            {
                "key": "notify_owner_on_review",
                "name": "Notify Owner on Review Submission",
                "trigger": {"event": "workflowStateChanged", "toStateKey": "review"},
                "stream": {"objectTypeKey": "cust_recipe"},
                "actions": [
                    {
                        "type": "sendNotification",
                        "templateKey": "review_notification",
                        "recipientRelationType": "core_business_owner",
                    }
                ],
            }
        ],
    }


def people() -> Document:
    """A small package, that shares a user relation type with the recipes."""
    return {
        "packageKey": "people",
        "userRelationTypes": [
            {"key": "core_steward", "name": "Steward"},
            {"key": "core_reader", "name": "Reader"},
        ],
    }


def kept() -> Document:
    """A package with every kind that is only kept so far, beside what those name."""
    return {
        "packageKey": "kept",
        "applications": [{"key": "kitchen"}],
        "userRelationTypes": [{"key": "core_steward"}],
        "workflows": [{"key": "cust_lifecycle"}],
        "workflowStates": [{"key": "draft", "position": 1}, {"key": "review", "position": 2}],
        "workflowTransitions": [
            {
                "key": "submit",
                "fromStateKey": "draft",
                "toStateKey": "review",
                "requiredCommentTypeKey": "reason",
            }
        ],
        "workflowTransitionTriggers": [
            {
                "type": "user_relation_changed",
                "changeUserRelationTypeKey": "core_steward",
                "fromStateKey": "draft",
                "toStateKey": "review",
                "orderNumber": 1,
            },
            {"type": "object_moved", "toStateKey": "draft"},
        ],
        "commentTypeCategories": [
            {
                "key": "decision",
                "defaultCommentTypeKey": "reason",
                "commentTypes": [{"key": "reason", "name": "Reason", "needsAttachment": True}],
            }
        ],
        "commentTypeCategoryApplications": [
            {"commentTypeCategoryKey": "decision", "applicationKey": "kitchen"}
        ],
        "categories": [{"key": "nightly", "name": "Nightly"}],
        "sources": [{"key": "erp", "auth": "github"}],
        "policyRules": [
            {
                "key": "admins_only",
                "expression": 'identity.is_member_of("Team::Admins")',
                "appliesTo": [{"kind": "console"}, {"kind": "category", "key": "nightly"}],
            }
        ],
    }
